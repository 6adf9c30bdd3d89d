# SPDX-License-Identifier: MIT
"""A cancelled read leaves what was there for the next one."""
# needs: 3.11
import asyncio
from oracle import tell


async def main():
    reader = asyncio.StreamReader()
    task = asyncio.create_task(tell("task", reader.readline()))
    reader.feed_data(b"half a ")
    await asyncio.sleep(1)
    task.cancel("enough")
    await asyncio.sleep(1)
    reader.feed_data(b"line\nmore")
    await tell("main", reader.readline())
    late = asyncio.create_task(tell("late", reader.readexactly(10)))
    await asyncio.sleep(1)
    late.cancel()
    await asyncio.sleep(1)
    await tell("rest", reader.read(10))
