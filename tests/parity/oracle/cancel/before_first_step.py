# SPDX-License-Identifier: MIT
"""S54, S61: a task that is cancelled before its first step never runs, and has the message."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    say("never said")


async def main():
    task = asyncio.create_task(work())
    say(task.cancel("early"))
    await tell("work", task)
    say(task.cancelled())
