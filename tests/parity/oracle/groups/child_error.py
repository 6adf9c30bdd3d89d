# SPDX-License-Identifier: MIT
"""S104: the error of a child cancels its siblings and the body, and comes out in a group."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def sibling():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError as e:
        say("a sibling", e)
        raise


async def fail():
    await asyncio.sleep(1)
    raise Oops("child")


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(sibling())
            group.create_task(fail())
            group.create_task(sibling())
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError as e:
                say("body", e, asyncio.current_task().cancelling())
                raise
            say("never said")
    except BaseException as e:
        say(e)
    say(asyncio.current_task().cancelling())
    await asyncio.sleep(1)
    say("main")
