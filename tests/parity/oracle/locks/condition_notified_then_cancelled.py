# SPDX-License-Identifier: MIT
"""S126: a notification is not lost when its waiter is cancelled; in asyncio the next one gets it, in nurt the waiter has it."""
# differs: D3
# needs: 3.13
import asyncio
from oracle import say


async def work(condition, name):
    async with condition:
        try:
            await condition.wait()
            say(name, "was notified")
        except asyncio.CancelledError:
            say(name, "is cancelled")


async def main():
    condition = asyncio.Condition()
    a, b = asyncio.create_task(work(condition, "a")), asyncio.create_task(work(condition, "b"))
    await asyncio.sleep(0)
    async with condition:
        condition.notify()
    a.cancel()
    await asyncio.sleep(1)
    say(a.done(), b.done())
    b.cancel()
    await asyncio.sleep(1)
