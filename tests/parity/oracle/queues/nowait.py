# SPDX-License-Identifier: MIT
"""S136: put_nowait and get_nowait never wait."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    queue = asyncio.Queue(1)
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty as e:
        say(e)
    queue.put_nowait(1)
    try:
        queue.put_nowait(2)
    except asyncio.QueueFull as e:
        say(e)
    unbounded = asyncio.Queue(-1)
    for i in range(100):
        unbounded.put_nowait(i)
    say(unbounded.qsize(), unbounded.full())
