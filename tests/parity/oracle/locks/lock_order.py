# SPDX-License-Identifier: MIT
"""S121: a lock is first come, first served; who releases it and asks again queues up."""
# needs: 3.11
import asyncio
from oracle import say


async def work(lock, name, rounds):
    for i in range(rounds):
        async with lock:
            say(name, i)
            await asyncio.sleep(0)


async def main():
    lock = asyncio.Lock()
    await asyncio.gather(*(work(lock, name, 3) for name in "abc"))
    say(lock.locked())
