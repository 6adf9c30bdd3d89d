# SPDX-License-Identifier: MIT
"""S58: a task that raises CancelledError is cancelled, though nobody asked for it."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    raise asyncio.CancelledError("by hand")


async def main():
    task = asyncio.create_task(work())
    await tell("work", task)
    say(task.cancelled(), task.cancelling())
