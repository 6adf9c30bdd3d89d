# SPDX-License-Identifier: MIT
"""S141: an immediate shutdown drops the items, and wakes join when none is unfinished."""
# needs: 3.13
import asyncio
from oracle import say, tell


async def join(queue):
    await queue.join()
    say("joined")


async def main():
    queue = asyncio.Queue()
    for i in range(3):
        queue.put_nowait(i)
    joiner = asyncio.create_task(join(queue))
    say("got", await queue.get())
    await asyncio.sleep(1)
    queue.shutdown(immediate=True)
    say(queue.qsize())
    await tell("get", queue.get())
    await asyncio.sleep(1)
    say("finishes the one that was got")
    queue.task_done()
    await joiner
