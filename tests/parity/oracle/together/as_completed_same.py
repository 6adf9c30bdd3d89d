# SPDX-License-Identifier: MIT
"""S78: asynchronous iteration gives the tasks that were put in."""
# needs: 3.13
import asyncio
from oracle import say


async def work(delay):
    await asyncio.sleep(delay)


async def main():
    tasks = [asyncio.create_task(work(d)) for d in (2, 3, 1)]
    async for done in asyncio.as_completed(tasks):
        say(tasks.index(done), done.done())
