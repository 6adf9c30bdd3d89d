# SPDX-License-Identifier: MIT
"""S130: a waiter that is cancelled after its permit came gives it on in asyncio; in nurt it has it."""
# differs: D3
# needs: 3.11
import asyncio
from oracle import say


async def work(semaphore, name):
    try:
        await semaphore.acquire()
        say(name, "is in")
    except asyncio.CancelledError:
        say(name, "is cancelled")


async def main():
    semaphore = asyncio.Semaphore(0)
    a, b = asyncio.create_task(work(semaphore, "a")), asyncio.create_task(work(semaphore, "b"))
    await asyncio.sleep(0)
    semaphore.release()
    a.cancel()
    await asyncio.sleep(1)
    say(a.done(), b.done())
    b.cancel()
    await asyncio.sleep(1)
