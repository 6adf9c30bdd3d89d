# SPDX-License-Identifier: MIT
"""S39, S85: a coroutine that is awaited, also under a timeout, shares the context of its awaiter."""
# needs: 3.12
import asyncio
import contextvars
from oracle import say

number = contextvars.ContextVar("number", default=0)


async def work(value):
    number.set(value)
    await asyncio.sleep(0)


async def main():
    await work(1)
    say(number.get())
    await asyncio.wait_for(work(2), 10)
    say(number.get())
    async with asyncio.timeout(10):
        await work(3)
    say(number.get())
    await asyncio.create_task(work(4))
    say(number.get())
    await asyncio.shield(work(5))
    say(number.get())
