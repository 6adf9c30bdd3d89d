# SPDX-License-Identifier: MIT
"""S50: a second cancel interrupts the cleanup of the first."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError as e:
        say("first", e)
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError as e:
        say("second", e)
        raise


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel("a")
    await asyncio.sleep(1)
    task.cancel("b")
    await tell("work", task)
    say(task.cancelled(), task.cancelling())
