# SPDX-License-Identifier: MIT
"""S90: a cancel of wait_for cancels the task inside, and is never hidden."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        say("inner is cancelled")
        raise


async def main():
    inner = asyncio.create_task(work())
    waiting = asyncio.create_task(asyncio.wait_for(inner, 50))
    await asyncio.sleep(1)
    waiting.cancel("from outside")
    await tell("wait_for", waiting)
    say(inner.cancelled(), waiting.cancelled())
