# SPDX-License-Identifier: MIT
"""S137: a getter that is cancelled after its item came: asyncio gives the item to the next, in nurt it has it."""
# differs: D3
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
    a, b = asyncio.create_task(work(queue, "a")), asyncio.create_task(work(queue, "b"))
    await asyncio.sleep(1)
    queue.put_nowait(1)
    a.cancel()
    await asyncio.sleep(1)
    queue.put_nowait(2)
    await asyncio.wait([a, b], timeout=1)
    say(a.done(), b.done(), queue.qsize())
