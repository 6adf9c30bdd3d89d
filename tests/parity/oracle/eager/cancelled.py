# SPDX-License-Identifier: MIT
"""S45: cancelling an eager task that has ended does nothing, one that waits is cancelled as any."""
import asyncio
from oracle import say, tell


async def work(delay):
    try:
        if delay:
            await asyncio.sleep(delay)
    except asyncio.CancelledError as e:
        say(e)
        raise
    return 7


async def main():
    done = asyncio.create_task(work(0), eager_start=True)
    say(done.cancel(), done.cancelled())
    waiting = asyncio.create_task(work(10), eager_start=True)
    say(waiting.cancel("before its second step"))
    await tell("waiting", waiting)
