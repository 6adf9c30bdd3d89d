# SPDX-License-Identifier: MIT
"""S77: what has ended before wait wakes up is in done."""
# needs: 3.11
import asyncio
from oracle import say


async def work(future):
    await asyncio.sleep(1)
    future.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(3)]
    tasks = [asyncio.create_task(work(f)) for f in futures[:2]]
    done, pending = await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
    say(len(done), len(pending))
    futures[2].cancel()
