# SPDX-License-Identifier: MIT
"""S93: a cancel from outside passes through."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    try:
        async with asyncio.timeout(10) as limit:
            await asyncio.sleep(100)
    finally:
        say(limit.expired(), asyncio.current_task().cancelling())


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel("from outside")
    await tell("work", task)
