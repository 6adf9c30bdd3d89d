# SPDX-License-Identifier: MIT
"""The tasks keep their results after the block."""
# needs: 3.11
import asyncio
from oracle import say


async def work(value):
    await asyncio.sleep(value)
    return value


async def main():
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(v)) for v in (3, 1, 2)]
    say([t.result() for t in tasks])
