# SPDX-License-Identifier: MIT
"""S140: getters that wait for an empty queue get the error too."""
# needs: 3.13
import asyncio
from oracle import say, tell


async def main():
    queue = asyncio.Queue()
    getters = [asyncio.create_task(queue.get()) for _ in range(2)]
    await asyncio.sleep(1)
    queue.shutdown()
    for getter in getters:
        await tell("getter", getter)
