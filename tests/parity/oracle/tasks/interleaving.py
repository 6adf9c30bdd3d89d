# SPDX-License-Identifier: MIT
"""S32: tasks take their first step in the order of their making, and go on in turn."""
# needs: 3.11
import asyncio
from oracle import say


async def work(name, steps):
    say(name, "begins")
    for i in range(steps):
        await asyncio.sleep(0)
        say(name, i)
    return name


async def main():
    tasks = [asyncio.create_task(work(name, n)) for name, n in [("a", 2), ("b", 1), ("c", 3)]]
    say("made")
    for task in tasks:
        say("ended:", await task)
