# SPDX-License-Identifier: MIT
"""S137: a cancelled putter has put nothing, and stalls nobody."""
# needs: 3.11
import asyncio
from oracle import say


async def work(queue, item):
    try:
        await queue.put(item)
        say("put", item)
    except asyncio.CancelledError:
        say(item, "is cancelled")


async def main():
    queue = asyncio.Queue(1)
    tasks = [asyncio.create_task(work(queue, item)) for item in (1, 2, 3, 4)]
    await asyncio.sleep(1)
    tasks[1].cancel()
    await asyncio.sleep(1)
    for _ in range(3):
        say("got", await queue.get())
        await asyncio.sleep(1)
