# SPDX-License-Identifier: MIT
"""S107: a cancel from outside reaches every child, is waited for, and goes on."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def child(name, cleanup):
    try:
        await asyncio.sleep(100)
    finally:
        say("a child is cancelled")
        await asyncio.sleep(cleanup)
        say(name, "has cleaned up")


async def grouped():
    async with asyncio.TaskGroup() as group:
        group.create_task(child("a", 2))
        group.create_task(child("b", 1))


async def main():
    task = asyncio.create_task(grouped())
    await asyncio.sleep(1)
    task.cancel("from outside")
    await tell("group", task)
    say(task.cancelled(), task.cancelling())
