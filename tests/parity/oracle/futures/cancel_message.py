# SPDX-License-Identifier: MIT
"""S25: the message of cancel arrives in who awaits."""
# needs: 3.11
import asyncio
from oracle import say


async def wait(name, awaitable):
    try:
        await awaitable
    except asyncio.CancelledError as e:
        say(name, e)


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    waiter = asyncio.create_task(wait("waiter", future))
    await asyncio.sleep(0)
    future.cancel("from the future")
    await waiter
    other = loop.create_future()
    waiter = asyncio.create_task(wait("waiter", other))
    await asyncio.sleep(0)
    waiter.cancel("from the task")
    await waiter
    say("the other future is cancelled:", other.cancelled())
