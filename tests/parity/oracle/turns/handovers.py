# SPDX-License-Identifier: MIT
"""S31: from a release to the one who waits it is one turn, whatever is released."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    lock, event, semaphore, queue = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(0), asyncio.Queue()
    future = asyncio.get_running_loop().create_future()
    await lock.acquire()
    async def after(name, awaitable):
        await awaitable
        say(name)
    tasks = [asyncio.create_task(after(*pair)) for pair in [
        ("lock", lock.acquire()), ("event", event.wait()), ("semaphore", semaphore.acquire()), ("queue", queue.get()),
        ("future", future)]]
    await asyncio.sleep(0)
    say("releases")
    future.set_result(None)
    queue.put_nowait(1)
    semaphore.release()
    event.set()
    lock.release()
    for task in tasks:
        await task
    say("all")
