# SPDX-License-Identifier: MIT
"""S137: a cancelled getter takes nothing, and stalls nobody."""
# needs: 3.11
import asyncio
from oracle import say


async def work(queue, name):
    try:
        say(name, "got", await queue.get())
    except asyncio.CancelledError:
        say(name, "is cancelled")


async def main():
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(work(queue, name)) for name in "abc"]
    await asyncio.sleep(1)
    tasks[0].cancel()
    queue.put_nowait(1)
    await asyncio.sleep(1)
    queue.put_nowait(2)
    await asyncio.wait(tasks)
