# SPDX-License-Identifier: MIT
"""S102: a cancel that is pending becomes a TimeoutError under timeout(0) in asyncio; in nurt the cancel wins."""
# differs: D5
# needs: 3.12
import asyncio
from oracle import say, tell


async def work():
    asyncio.current_task().cancel()
    async with asyncio.timeout(0):
        await asyncio.sleep(1)


async def main():
    await tell("work", asyncio.create_task(work()))
