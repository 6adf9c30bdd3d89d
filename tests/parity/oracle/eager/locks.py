# SPDX-License-Identifier: MIT
"""S41: eager tasks queue up in the order of their making."""
import asyncio
from oracle import say


async def work(lock, name):
    async with lock:
        say(name, "has it")
        await asyncio.sleep(0)


async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(work(lock, name), eager_start=True) for name in "abc"]
    say("made")
    for task in tasks:
        await task
