# SPDX-License-Identifier: MIT
"""The error of a task reaches everybody who awaits it, again and again."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def fail():
    await asyncio.sleep(1)
    raise Oops("failed")


async def main():
    task = asyncio.create_task(fail())
    await asyncio.gather(tell("a", task), tell("b", task))
    await tell("c", task)
    say(task.done(), task.cancelled(), task.exception())
