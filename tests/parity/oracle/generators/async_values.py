# SPDX-License-Identifier: MIT
"""A1, A4: asynchronous iteration, with waits between the values."""
# needs: 3.11
import asyncio
from oracle import say


async def ticks(count):
    for i in range(count):
        await asyncio.sleep(1)
        yield i
    say("ends")


async def main():
    g = ticks(3)
    async for i in g:
        say(i)
    say(await anext(g, None))
