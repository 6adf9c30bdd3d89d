# SPDX-License-Identifier: MIT
"""Sleepers wake in the order of their times, with what others schedule in between."""
# needs: 3.11
import asyncio
from oracle import say


async def ticks(name, every, count):
    for i in range(count):
        await asyncio.sleep(every)
        say(name, i)


async def main():
    await asyncio.gather(ticks("a", 1, 5), ticks("b", 1.6, 3), ticks("c", 0.7, 6))
