# SPDX-License-Identifier: MIT
"""S135: abort breaks the barrier for all who wait and will, until reset."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    barrier = asyncio.Barrier(2)
    a = asyncio.create_task(barrier.wait())
    await asyncio.sleep(1)
    await barrier.abort()
    await tell("a", a)
    say(barrier.broken)
    await tell("main", barrier.wait())
    await barrier.reset()
    say(barrier.broken)
    b = asyncio.create_task(barrier.wait())
    await asyncio.sleep(1)
    await tell("main", barrier.wait())
    await tell("b", b)
