# SPDX-License-Identifier: MIT
"""S89: a task that swallows the cancellation of wait_for gives its value."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        say("swallows")
    return 7


async def main():
    await tell("wait_for", asyncio.wait_for(asyncio.create_task(work()), 1))
    await tell("of a coroutine", asyncio.wait_for(work(), 1))
