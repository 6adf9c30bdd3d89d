# SPDX-License-Identifier: MIT
"""S39: a task has a copy of its creator's context."""
# needs: 3.11
import asyncio
import contextvars
from oracle import say

number = contextvars.ContextVar("number", default=0)


async def work(name):
    say(name, number.get())
    number.set(number.get() + 1)
    await asyncio.sleep(0)
    say(name, number.get())


async def main():
    number.set(5)
    a = asyncio.create_task(work("a"))
    number.set(10)
    b = asyncio.create_task(work("b"))
    await a
    await b
    await asyncio.gather(work("c"), work("d"))
    say("main", number.get())
