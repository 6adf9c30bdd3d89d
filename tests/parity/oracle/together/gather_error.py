# SPDX-License-Identifier: MIT
"""S64, S65: the first error arrives at once, the others keep running, and later errors are nobody's."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def work(name, delay):
    await asyncio.sleep(delay)
    say(name, "goes on")


async def fail(name, delay):
    await asyncio.sleep(delay)
    raise Oops(name)


async def main():
    await tell("gather", asyncio.gather(work("a", 3), fail("b", 1), fail("c", 2)))
    await asyncio.sleep(5)
    say("main")
