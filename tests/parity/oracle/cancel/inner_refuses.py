# SPDX-License-Identifier: MIT
"""S51: what awaits a task that swallows its cancellation goes on with its value; in nurt its own request then waits."""
# differs: D3
# needs: 3.11
import asyncio
from oracle import say, tell


async def stubborn():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        say("no")
    return 7


async def outer(task):
    value = await task
    say("outer goes on with", value)
    await asyncio.sleep(0)
    return value + 1


async def main():
    inner = asyncio.create_task(stubborn())
    task = asyncio.create_task(outer(inner))
    await asyncio.sleep(1)
    task.cancel()
    await tell("outer", task)
    say(task.cancelled(), task.cancelling(), inner.cancelled())
