# SPDX-License-Identifier: MIT
"""S81: a cancellation of the awaiter does not reach what is shielded."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    await asyncio.sleep(3)
    say("work ends")
    return 7


async def outer(task):
    return await asyncio.shield(task)


async def main():
    inner = asyncio.create_task(work())
    waiting = asyncio.create_task(outer(inner))
    await asyncio.sleep(1)
    waiting.cancel("only the waiting")
    await tell("outer", waiting)
    say(waiting.cancelled(), inner.done())
    await tell("inner", inner)
