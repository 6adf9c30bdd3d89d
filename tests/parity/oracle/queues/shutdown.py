# SPDX-License-Identifier: MIT
"""S140: after shutdown what is in the queue can be got; then, and for putters at once, it is an error."""
# needs: 3.13
import asyncio
from oracle import say, tell


async def main():
    queue = asyncio.Queue(1)
    queue.put_nowait(1)
    putter = asyncio.create_task(queue.put(2))
    await asyncio.sleep(1)
    queue.shutdown()
    await tell("putter", putter)
    await tell("put", queue.put(3))
    await tell("get", queue.get())
    await tell("get", queue.get())
    try:
        queue.get_nowait()
    except asyncio.QueueShutDown as e:
        say(e)
