# SPDX-License-Identifier: MIT
"""S130: a waiter that is cancelled before its permit comes takes none."""
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
    tasks = [asyncio.create_task(work(semaphore, name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[0].cancel()
    semaphore.release()
    await asyncio.sleep(1)
    tasks[2].cancel()
    await asyncio.sleep(1)
    semaphore.release()
    say(semaphore.locked())
