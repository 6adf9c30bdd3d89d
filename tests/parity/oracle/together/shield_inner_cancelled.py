# SPDX-License-Identifier: MIT
"""S81: a cancellation of what is shielded reaches the awaiter as an error, not as a request."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def outer(task):
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError as e:
        say(e, asyncio.current_task().cancelling())
    await asyncio.sleep(0)
    return "went on"


async def main():
    inner = asyncio.create_task(asyncio.sleep(1000))
    waiting = asyncio.create_task(outer(inner))
    await asyncio.sleep(1)
    inner.cancel()
    await tell("outer", waiting)
