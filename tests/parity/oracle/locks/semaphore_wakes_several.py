# SPDX-License-Identifier: MIT
"""S129: as many successors go on as permits are given back."""
# needs: 3.11
import asyncio
from oracle import say


async def work(semaphore, name):
    await semaphore.acquire()
    say(name, "is in")


async def main():
    semaphore = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(work(semaphore, name)) for name in "abcd"]
    await asyncio.sleep(0)
    for _ in range(3):
        semaphore.release()
    await asyncio.sleep(1)
    say(sum(t.done() for t in tasks), semaphore.locked())
    semaphore.release()
    await asyncio.wait(tasks)
