# SPDX-License-Identifier: MIT
"""A7: a cancellation of the task that asks arrives in the body, and ends the generator."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def slow():
    try:
        yield 1
        await asyncio.sleep(100)
        yield 2
    except asyncio.CancelledError as e:
        say("body", e)
        raise


async def take(g):
    async for i in g:
        say(i)


async def main():
    g = slow()
    task = asyncio.create_task(take(g))
    await asyncio.sleep(1)
    task.cancel("enough")
    await tell("task", task)
    say(await anext(g, None))
