# SPDX-License-Identifier: MIT
"""S79: when time is up, each that is outstanding is a TimeoutError; the tasks go on."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work(name, delay):
    await asyncio.sleep(delay)
    say(name, "ends")
    return name


async def main():
    tasks = [asyncio.create_task(work(*w)) for w in [("a", 1), ("b", 3), ("c", 4)]]
    for next_one in asyncio.as_completed(tasks, timeout=2):
        await tell("next:", next_one)
    await asyncio.wait(tasks)
