# SPDX-License-Identifier: MIT
"""S133: a party that is cancelled has not come."""
# needs: 3.11
import asyncio
from oracle import say


async def work(barrier, name):
    try:
        say(name, await barrier.wait())
    except asyncio.CancelledError:
        say(name, "is cancelled")


async def main():
    barrier = asyncio.Barrier(3)
    a, b = asyncio.create_task(work(barrier, "a")), asyncio.create_task(work(barrier, "b"))
    await asyncio.sleep(1)
    say(barrier.n_waiting)
    b.cancel()
    await asyncio.sleep(1)
    say(barrier.n_waiting)
    c, d = asyncio.create_task(work(barrier, "c")), asyncio.create_task(work(barrier, "d"))
    await asyncio.wait([a, c, d])
