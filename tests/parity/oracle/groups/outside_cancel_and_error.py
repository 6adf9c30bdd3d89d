# SPDX-License-Identifier: MIT
"""S107, S109: if a child fails when it is cancelled from outside, the group is raised, and the cancel comes at the next await."""
# needs: 3.13
import asyncio
from oracle import Oops, say, tell


async def child():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        raise Oops("child")


async def grouped():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
    except BaseException as e:
        say(e, asyncio.current_task().cancelling())
    await asyncio.sleep(1)
    say("never said")


async def main():
    task = asyncio.create_task(grouped())
    await asyncio.sleep(1)
    task.cancel()
    await tell("group", task)
