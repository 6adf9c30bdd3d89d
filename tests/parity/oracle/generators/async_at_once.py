# SPDX-License-Identifier: MIT
"""A6: who asks while the body runs for somebody else gets an error."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def slow():
    await asyncio.sleep(1)
    yield 1


async def ask(g):
    return await anext(g)


async def main():
    g = slow()
    first, second = asyncio.create_task(ask(g)), asyncio.create_task(ask(g))
    await tell("second", second)
    await tell("first", first)
