# SPDX-License-Identifier: MIT
"""S98, S104: a timeout around a group."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def child():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError as e:
        say("child", e)
        raise


async def fail_in_cleanup():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        raise Oops("child")


async def limited(work):
    try:
        async with asyncio.timeout(1):
            async with asyncio.TaskGroup() as group:
                group.create_task(work())
    except BaseException as e:
        say(e)
    say(asyncio.current_task().cancelling())


async def main():
    await limited(child)
    await limited(fail_in_cleanup)
