# SPDX-License-Identifier: MIT
"""S88: wait_for cancels a task, and waits until it has cleaned up."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        say("cleans up")
        await asyncio.sleep(2)
        say("has cleaned up")
        raise


async def main():
    task = asyncio.create_task(work())
    await tell("wait_for", asyncio.wait_for(task, 1))
    say(task.cancelled())
