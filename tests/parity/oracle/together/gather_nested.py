# SPDX-License-Identifier: MIT
"""S67: a gather among gathers."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def work(name, delay):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        say(name, "is cancelled")
        raise
    say(name, "ends")
    return name


async def fail():
    await asyncio.sleep(2)
    raise Oops("failed")


async def main():
    await tell("values", asyncio.gather(work("a", 1), asyncio.gather(work("b", 2), work("c", 1))))
    await tell("error", asyncio.gather(work("d", 3), asyncio.gather(work("e", 4), fail())))
    all = asyncio.gather(work("f", 10), asyncio.gather(work("g", 10)))
    await asyncio.sleep(3)
    all.cancel()
    await tell("cancelled", all)
