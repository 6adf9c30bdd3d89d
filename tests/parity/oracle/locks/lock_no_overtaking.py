# SPDX-License-Identifier: MIT
"""S121: while somebody waits, a lock that is released is his."""
# needs: 3.11
import asyncio
from oracle import say


async def work(lock):
    async with lock:
        say("waiter")


async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    waiter = asyncio.create_task(work(lock))
    await asyncio.sleep(0)
    lock.release()
    await lock.acquire()
    say("main")
    lock.release()
    await waiter
