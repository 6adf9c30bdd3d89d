# SPDX-License-Identifier: MIT
"""S67: with return_exceptions a cancelled gather waits for all, and is an error all the same."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work(name, cleanup):
    try:
        await asyncio.sleep(1000)
    finally:
        say(name, "is cancelled")
        await asyncio.sleep(cleanup)
        say(name, "has cleaned up")


async def main():
    both = asyncio.gather(work("a", 2), work("b", 1), return_exceptions=True)
    await asyncio.sleep(1)
    say(both.cancel())
    await tell("gather", both)
