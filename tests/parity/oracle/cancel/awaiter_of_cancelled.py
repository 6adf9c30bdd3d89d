# SPDX-License-Identifier: MIT
"""A task that awaits a cancelled one gets the error, and is not asked to stop itself."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def wait(task):
    try:
        await task
    except asyncio.CancelledError as e:
        say(e, asyncio.current_task().cancelling())
    await asyncio.sleep(0)
    return "went on"


async def main():
    sleeper = asyncio.create_task(asyncio.sleep(1000))
    waiter = asyncio.create_task(wait(sleeper))
    await asyncio.sleep(0)
    sleeper.cancel("sleeper")
    await tell("waiter", waiter)
    say(waiter.cancelled())
