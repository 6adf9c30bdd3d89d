# SPDX-License-Identifier: MIT
"""S83: a shield around a gather, and shields in a gather."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work(name, delay):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        say(name, "is cancelled")
        raise
    say(name, "ends")


async def around():
    await asyncio.shield(asyncio.gather(work("a", 3), work("b", 4)))


async def within():
    await asyncio.gather(asyncio.shield(work("c", 5)), work("d", 6))


async def main():
    tasks = [asyncio.create_task(around()), asyncio.create_task(within())]
    await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    await tell("around", tasks[0])
    await tell("within", tasks[1])
    await asyncio.sleep(5)
