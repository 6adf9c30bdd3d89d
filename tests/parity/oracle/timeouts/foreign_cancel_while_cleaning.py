# SPDX-License-Identifier: MIT
"""S94: a cancel from outside that comes while the body cleans up after the timeout wins."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                say("cleans up")
                await asyncio.sleep(5)
    finally:
        say(limit.expired(), asyncio.current_task().cancelling())


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(3)
    task.cancel()
    await tell("work", task)
