# SPDX-License-Identifier: MIT
"""S78: errors come in their turn, and stop nobody."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def work(name, delay):
    await asyncio.sleep(delay)
    return name


async def fail():
    await asyncio.sleep(2)
    raise Oops("failed")


async def main():
    for next_one in asyncio.as_completed([work("a", 3), fail(), work("b", 1)]):
        await tell("next:", next_one)
