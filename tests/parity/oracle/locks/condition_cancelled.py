# SPDX-License-Identifier: MIT
"""S125: a cancelled wait takes the lock again before it raises."""
# needs: 3.13
import asyncio
from oracle import say, tell


async def work(condition):
    async with condition:
        try:
            await condition.wait()
        finally:
            say("has the lock:", condition.locked())


async def main():
    condition = asyncio.Condition()
    task = asyncio.create_task(work(condition))
    await asyncio.sleep(0)
    await condition.acquire()
    task.cancel("first")
    await asyncio.sleep(1)
    task.cancel("second")
    await asyncio.sleep(1)
    say("releases")
    condition.release()
    await tell("waiter", task)
    say(condition.locked())
