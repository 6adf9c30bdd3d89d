# SPDX-License-Identifier: MIT
"""S76: wait returns at the first end, the first error, or when all have ended."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def work(delay):
    await asyncio.sleep(delay)


async def fail(delay):
    await asyncio.sleep(delay)
    raise Oops("failed")


async def show(name, mode):
    tasks = [asyncio.create_task(c) for c in (work(1), fail(2), work(3))]
    done, pending = await asyncio.wait(tasks, return_when=mode)
    say(name, [t in done for t in tasks], [t in pending for t in tasks])
    await asyncio.wait(tasks)
    tasks[1].exception()


async def main():
    await show("first completed", asyncio.FIRST_COMPLETED)
    await show("first exception", asyncio.FIRST_EXCEPTION)
    await show("all completed", asyncio.ALL_COMPLETED)
    cancelled = asyncio.create_task(work(10))
    other = asyncio.create_task(work(3))
    asyncio.get_running_loop().call_later(1, cancelled.cancel)
    done, pending = await asyncio.wait([cancelled, other], return_when=asyncio.FIRST_EXCEPTION)
    say("a cancellation is none", len(done), len(pending))
