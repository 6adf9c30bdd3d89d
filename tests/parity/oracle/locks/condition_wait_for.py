# SPDX-License-Identifier: MIT
"""S127: wait_for looks again after every notification, and gives what held."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    condition, items = asyncio.Condition(), []
    async def work():
        async with condition:
            say("got", await condition.wait_for(lambda: len(items)))
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    async with condition:
        condition.notify()
    await asyncio.sleep(1)
    async with condition:
        items.append(1)
        condition.notify()
    await task
