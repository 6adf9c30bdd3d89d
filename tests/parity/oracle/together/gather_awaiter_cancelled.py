# SPDX-License-Identifier: MIT
"""S67: who awaits a gather and is cancelled passes it on."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work(name):
    try:
        await asyncio.sleep(1000)
    finally:
        say(name, "is cancelled")


async def both():
    await asyncio.gather(work("a"), work("b"))


async def main():
    task = asyncio.create_task(both())
    await asyncio.sleep(1)
    task.cancel("enough")
    await tell("both", task)
    say(task.cancelled())
