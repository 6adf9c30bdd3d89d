# SPDX-License-Identifier: MIT
"""S51: a task that is cancelled while it awaits a future cancels that, and all who await it."""
# needs: 3.11
import asyncio
from oracle import say


async def wait(name, future):
    try:
        await future
        say(name, "goes on")
    except asyncio.CancelledError as e:
        say(name, e)


async def main():
    future = asyncio.get_running_loop().create_future()
    a = asyncio.create_task(wait("a", future))
    b = asyncio.create_task(wait("b", future))
    await asyncio.sleep(0)
    a.cancel()
    say("future:", future.cancelled())
    await asyncio.sleep(0)
    say("main")
    await a
    await b
