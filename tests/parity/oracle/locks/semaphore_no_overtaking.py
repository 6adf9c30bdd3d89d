# SPDX-License-Identifier: MIT
"""S128: a permit that is released belongs to who waits."""
# needs: 3.11
import asyncio
from oracle import say


async def work(semaphore, name):
    await semaphore.acquire()
    say(name, "is in", semaphore.locked())


async def main():
    semaphore = asyncio.Semaphore(0)
    a = asyncio.create_task(work(semaphore, "a"))
    await asyncio.sleep(0)
    semaphore.release()
    say(semaphore.locked())
    b = asyncio.create_task(work(semaphore, "b"))
    await work_later(semaphore)
    await a
    await b


async def work_later(semaphore):
    await asyncio.sleep(1)
    say("releases")
    semaphore.release()
    await asyncio.sleep(1)
