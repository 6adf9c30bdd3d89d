# SPDX-License-Identifier: MIT
"""S36: current_task is right in tasks that interleave, and empty in callbacks."""
# needs: 3.11
import asyncio
from oracle import say


async def work(steps):
    for _ in range(steps):
        say(asyncio.current_task().get_name())
        await asyncio.sleep(0)


async def main():
    a = asyncio.create_task(work(3), name="a")
    b = asyncio.create_task(work(2), name="b")
    asyncio.get_running_loop().call_soon(lambda: say("in a callback:", asyncio.current_task()))
    await a
    await b
    say("main is main:", asyncio.current_task() is not a)
