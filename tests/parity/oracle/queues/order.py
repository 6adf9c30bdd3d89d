# SPDX-License-Identifier: MIT
"""S136: first in first out, last in first out, smallest first."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    for queue in asyncio.Queue(), asyncio.LifoQueue(), asyncio.PriorityQueue():
        for item in 3, 1, 4, 2:
            queue.put_nowait(item)
        say([queue.get_nowait() for _ in range(4)], queue.empty())
