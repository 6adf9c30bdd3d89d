# SPDX-License-Identifier: MIT
"""S111: nested groups give nested errors."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def fail(name, delay):
    await asyncio.sleep(delay)
    raise Oops(name)


async def inner():
    async with asyncio.TaskGroup() as group:
        group.create_task(fail("inner", 1))


async def outer():
    async with asyncio.TaskGroup() as group:
        group.create_task(inner())
        group.create_task(asyncio.sleep(100))


async def main():
    try:
        await outer()
    except BaseException as e:
        say(e)
    try:
        async with asyncio.TaskGroup():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail("innermost", 1))
                await asyncio.sleep(100)
    except BaseException as e:
        say(e)
