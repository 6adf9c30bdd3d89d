# SPDX-License-Identifier: MIT
"""Several on both sides of a small queue."""
# needs: 3.11
import asyncio
from oracle import say


async def produce(queue, name, every):
    for i in range(3):
        await asyncio.sleep(every)
        await queue.put(f"{name}{i}")
        say(name, "has put", i)


async def consume(queue, name, takes):
    for _ in range(takes):
        item = await queue.get()
        say(name, "got", item)
        await asyncio.sleep(1.1)


async def main():
    queue = asyncio.Queue(1)
    await asyncio.gather(produce(queue, "a", 0.5), produce(queue, "b", 0.7), consume(queue, "x", 3), consume(queue, "y", 3))
