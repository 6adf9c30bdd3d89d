# SPDX-License-Identifier: MIT
"""S57: another error that the cancellation provokes is how the task ends."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def work():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        raise Oops("instead")


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await tell("work", task)
    say(task.cancelled())
