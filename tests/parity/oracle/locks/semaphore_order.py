# SPDX-License-Identifier: MIT
"""S128: so many at a time, the others in their order."""
# needs: 3.11
import asyncio
from oracle import say


async def work(semaphore, name):
    async with semaphore:
        say(name, "is in")
        await asyncio.sleep(1)


async def main():
    semaphore = asyncio.Semaphore(2)
    await asyncio.gather(*(work(semaphore, name) for name in "abcde"))
