# SPDX-License-Identifier: MIT
"""S41: an eager task that suspends goes on in its turn."""
import asyncio
from oracle import say


async def work(name):
    say(name, "begins")
    await asyncio.sleep(0)
    say(name, "goes on")
    return name


async def main():
    a = asyncio.create_task(work("a"))
    b = asyncio.create_task(work("b"), eager_start=True)
    c = asyncio.create_task(work("c"), eager_start=False)
    say("made", a.done(), b.done())
    say(await a, await b, await c)
