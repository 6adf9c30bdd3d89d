# SPDX-License-Identifier: MIT
"""S53: a task that is cancelled and returns without suspending is cancelled in asyncio; in nurt its value wins."""
# differs: D13
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    asyncio.current_task().cancel()
    return 7


async def main():
    task = asyncio.create_task(work())
    await tell("work", task)
    say(task.cancelled())
