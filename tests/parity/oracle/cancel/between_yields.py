# SPDX-License-Identifier: MIT
"""S58: a cancel between two yields arrives at the second."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    for i in range(1000):
        await asyncio.sleep(0)
        say("step", i)


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await tell("work", task)
