# SPDX-License-Identifier: MIT
"""S136: getters that wait are served in their order."""
# needs: 3.11
import asyncio
from oracle import say


async def work(queue, name):
    say(name, "got", await queue.get())


async def main():
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(work(queue, name)) for name in "abc"]
    await asyncio.sleep(1)
    for i in range(3):
        queue.put_nowait(i)
    say("put")
    await asyncio.wait(tasks)
