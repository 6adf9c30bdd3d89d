# SPDX-License-Identifier: MIT
"""S136: a full queue makes put wait until get."""
# needs: 3.11
import asyncio
from oracle import say


async def produce(queue):
    for i in range(5):
        await queue.put(i)
        say("put", i)


async def main():
    queue = asyncio.Queue(2)
    producer = asyncio.create_task(produce(queue))
    await asyncio.sleep(1)
    say(queue.qsize(), queue.full(), queue.maxsize)
    for _ in range(5):
        await asyncio.sleep(1)
        say("got", await queue.get())
    await producer
