# SPDX-License-Identifier: MIT
"""S127: notify wakes so many, the longest waiting first; each goes on as it gets the lock."""
# needs: 3.11
import asyncio
from oracle import say


async def work(condition, name):
    async with condition:
        await condition.wait()
        say(name, "goes on")
        await asyncio.sleep(1)


async def main():
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(work(condition, name)) for name in "abcd"]
    await asyncio.sleep(0)
    async with condition:
        condition.notify(2)
        say("notified two")
    await asyncio.sleep(5)
    async with condition:
        condition.notify_all()
        say("notified all")
    await asyncio.wait(tasks)
