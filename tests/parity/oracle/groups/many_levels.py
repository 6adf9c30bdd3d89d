# SPDX-License-Identifier: MIT
"""Groups in tasks of groups: an error below stops everything, from the bottom up."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def leaf(name, delay, cleanup):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        await asyncio.sleep(cleanup)
        say(name, "is cancelled")
        raise
    raise Oops(name)


async def level(name, *works):
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseException as e:
        say(name, e)
        raise


async def main():
    try:
        await level("top", level("left", leaf("a", 100, 1), leaf("b", 1, 1)), level("right", leaf("c", 100, 2)), leaf("d", 100, 1))
    except BaseException as e:
        say(e)
