# SPDX-License-Identifier: MIT
"""S67, S92: a timeout around a gather cancels its children."""
# needs: 3.11
import asyncio
from oracle import say


async def work(name, delay):
    try:
        await asyncio.sleep(delay)
        say(name, "ends")
    except asyncio.CancelledError:
        say(name, "is cancelled")
        raise


async def main():
    try:
        async with asyncio.timeout(2):
            await asyncio.gather(work("a", 1), work("b", 3), work("c", 4))
    except TimeoutError as e:
        say(e)
