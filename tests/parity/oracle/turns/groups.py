# SPDX-License-Identifier: MIT
"""S31: the end of a task group."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def immediate():
    pass


async def one_yield():
    await asyncio.sleep(0)


async def main():
    before = turns()
    async with asyncio.TaskGroup():
        pass
    say("empty:", turns() - before)
    before = turns()
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(immediate())
    say("three immediate tasks:", turns() - before)
    before = turns()
    async with asyncio.TaskGroup() as group:
        group.create_task(one_yield())
    say("one with a yield:", turns() - before)
    before = turns()
    async with asyncio.TaskGroup() as group:
        group.create_task(immediate())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    say("a body that is slower:", turns() - before)
