# SPDX-License-Identifier: MIT
"""S68: a child that is cancelled alone is an error for the gather, which is not cancelled, nor are the others."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work(name, delay):
    await asyncio.sleep(delay)
    say(name, "ends")


async def main():
    a, b = asyncio.create_task(work("a", 10)), asyncio.create_task(work("b", 10))
    both = asyncio.gather(a, b)
    await asyncio.sleep(1)
    a.cancel("alone")
    await tell("gather", both)
    say(both.cancelled(), a.cancelled(), b.done())
    await b
