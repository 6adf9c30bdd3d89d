# SPDX-License-Identifier: MIT
"""S39: a task that is given a context runs in it, not in a copy."""
# needs: 3.11
import asyncio
import contextvars
from oracle import say

number = contextvars.ContextVar("number", default=0)


async def work(value):
    say("before", number.get())
    number.set(value)


async def main():
    number.set(1)
    shared = contextvars.copy_context()
    number.set(2)
    await asyncio.create_task(work(3), context=shared)
    await asyncio.create_task(work(4), context=shared)
    say("main", number.get(), "shared", shared[number])
