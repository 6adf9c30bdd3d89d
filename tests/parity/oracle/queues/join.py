# SPDX-License-Identifier: MIT
"""S139: join returns when every item is dealt with; once too often is an error."""
# needs: 3.11
import asyncio
from oracle import say


async def work(queue):
    while True:
        item = await queue.get()
        await asyncio.sleep(item)
        say("done", item)
        queue.task_done()


async def main():
    queue = asyncio.Queue()
    await queue.join()
    say("nothing to do")
    for item in 1, 2, 3:
        queue.put_nowait(item)
    workers = [asyncio.create_task(work(queue)) for _ in range(2)]
    await queue.join()
    say("all done")
    for worker in workers:
        worker.cancel()
    try:
        queue.task_done()
    except ValueError as e:
        say(e)
