# SPDX-License-Identifier: MIT
"""S44: an eager task runs in a copy of the context."""
import asyncio
import contextvars
from oracle import say

number = contextvars.ContextVar("number", default=0)


async def work():
    say(number.get())
    number.set(7)
    await asyncio.sleep(0)
    say(number.get())


async def main():
    number.set(1)
    task = asyncio.create_task(work(), eager_start=True)
    say("main", number.get())
    await task
    say("main", number.get())
