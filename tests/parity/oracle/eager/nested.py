# SPDX-License-Identifier: MIT
"""S48: eager tasks that make eager tasks."""
import asyncio
from oracle import say


async def work(depth):
    say("begins", depth)
    if depth:
        await asyncio.create_task(work(depth - 1), eager_start=True)
    else:
        await asyncio.sleep(0)
    say("ends", depth)


async def main():
    task = asyncio.create_task(work(3), eager_start=True)
    say("made")
    await task
