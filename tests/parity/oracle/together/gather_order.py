# SPDX-License-Identifier: MIT
"""S63: results come in the order of the arguments."""
# needs: 3.11
import asyncio
from oracle import say


async def work(name, delay):
    await asyncio.sleep(delay)
    say(name, "ends")
    return name


async def main():
    say(await asyncio.gather(work("a", 3), work("b", 1), work("c", 2)))
