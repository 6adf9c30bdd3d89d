# SPDX-License-Identifier: MIT
"""S131: a bounded semaphore notices one release too many."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    semaphore = asyncio.BoundedSemaphore(1)
    try:
        semaphore.release()
    except ValueError as e:
        say(e)
    async with semaphore:
        say(semaphore.locked())
    say(semaphore.locked())
    try:
        asyncio.Semaphore(-1)
    except ValueError as e:
        say(e)
