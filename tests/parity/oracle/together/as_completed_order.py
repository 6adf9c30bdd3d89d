# SPDX-License-Identifier: MIT
"""S78, S80: results in the order in which they arrive."""
# needs: 3.11
import asyncio
from oracle import say


async def work(name, delay):
    await asyncio.sleep(delay)
    return name


async def main():
    for next_one in asyncio.as_completed([work("a", 3), work("b", 1), work("c", 2)]):
        say(await next_one)
    first, second = asyncio.as_completed([work("d", 5), work("e", 4)])
    say("second", await second)
    say("first", await first)
