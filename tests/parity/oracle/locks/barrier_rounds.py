# SPDX-License-Identifier: MIT
"""S132: all wait for the last, and each has a number of its own; round after round."""
# needs: 3.11
import asyncio
from oracle import say


async def work(barrier, name, delay):
    for _ in range(2):
        await asyncio.sleep(delay)
        say(name, "comes")
        say(name, await barrier.wait())


async def main():
    barrier = asyncio.Barrier(3)
    await asyncio.gather(work(barrier, "a", 1), work(barrier, "b", 2), work(barrier, "c", 3))
    say(barrier.n_waiting, barrier.broken)
