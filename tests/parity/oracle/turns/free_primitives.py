# SPDX-License-Identifier: MIT
"""S31: what is there is taken at once."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def main():
    lock, event, semaphore = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(1)
    condition, queue, barrier = asyncio.Condition(), asyncio.Queue(), asyncio.Barrier(1)
    event.set()
    await lock.acquire()
    await event.wait()
    await semaphore.acquire()
    await condition.acquire()
    await queue.put(7)
    say("got", await queue.get())
    say("barrier", await barrier.wait())
    say("turns:", turns())
