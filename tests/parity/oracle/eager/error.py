# SPDX-License-Identifier: MIT
"""S41: the error of an eager task waits for who asks."""
import asyncio
from oracle import Oops, say, tell


async def fail():
    raise Oops("at once")


async def main():
    task = asyncio.create_task(fail(), eager_start=True)
    say(task.done(), task.exception())
    await tell("task", task)
    asyncio.create_task(fail(), eager_start=True)
    await asyncio.sleep(1)
