# SPDX-License-Identifier: MIT
"""S122: a cancelled waiter never blocks the rest."""
# needs: 3.11
import asyncio
from oracle import say


async def work(lock, name):
    try:
        async with lock:
            say(name, "has it")
            await asyncio.sleep(1)
    except asyncio.CancelledError:
        say(name, "is cancelled")


async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(work(lock, name)) for name in "abcd"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0.5)
    tasks[2].cancel()
    for task in tasks:
        await task
    say(lock.locked())
