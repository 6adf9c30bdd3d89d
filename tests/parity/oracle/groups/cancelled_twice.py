# SPDX-License-Identifier: MIT
"""S114: repeated cancels from outside reach the children again, and lose none."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def child():
    for _ in range(2):
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError as e:
            say("child", e)
    say("child ends")


async def grouped():
    async with asyncio.TaskGroup() as group:
        group.create_task(child())


async def main():
    task = asyncio.create_task(grouped())
    await asyncio.sleep(1)
    task.cancel("first")
    await asyncio.sleep(1)
    task.cancel("second")
    await tell("group", task)
    say(task.cancelling())
