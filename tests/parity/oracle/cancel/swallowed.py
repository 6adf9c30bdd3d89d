# SPDX-License-Identifier: MIT
"""S56: a task that catches the cancellation and returns has ended normally."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError as e:
        say("caught", e)
    await asyncio.sleep(1)
    return 7


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel("please")
    await tell("work", task)
    say(task.cancelled(), task.cancelling())
