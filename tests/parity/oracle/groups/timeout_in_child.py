# SPDX-License-Identifier: MIT
"""A timeout of one child is an error of the group."""
# needs: 3.11
import asyncio
from oracle import say


async def limited():
    async with asyncio.timeout(1):
        await asyncio.sleep(100)


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(limited())
            group.create_task(asyncio.sleep(50))
    except BaseException as e:
        say(e)
