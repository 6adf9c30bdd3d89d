# SPDX-License-Identifier: MIT
"""S104: errors of children that fail in the same turn, or when they are stopped, are all in the group."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def fail(name, delay):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        raise Oops(name + " in the cleanup")
    raise Oops(name)


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a", 0))
            group.create_task(fail("b", 0))
            group.create_task(fail("c", 10))
    except BaseException as e:
        say(e)
