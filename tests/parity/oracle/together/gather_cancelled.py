# SPDX-License-Identifier: MIT
"""S67: cancelling a gather cancels every child; asyncio's ends with the first of them, nurt's with the last."""
# differs: D15
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
    both = asyncio.gather(work("a", 2), work("b", 1))
    await asyncio.sleep(1)
    say(both.cancel())
    await tell("gather", both)
    say(both.cancelled())
    await asyncio.sleep(5)
