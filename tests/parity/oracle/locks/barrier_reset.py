# SPDX-License-Identifier: MIT
"""S134: reset sends those who wait away with an error, and the barrier is as new."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    barrier = asyncio.Barrier(2)
    a = asyncio.create_task(barrier.wait())
    await asyncio.sleep(1)
    await barrier.reset()
    await tell("a", a)
    say(barrier.broken, barrier.n_waiting)
    b, c = asyncio.create_task(barrier.wait()), asyncio.create_task(barrier.wait())
    await tell("b", b)
    await tell("c", c)
