# SPDX-License-Identifier: MIT
"""S105: the error of the body is in the group, with those of the children."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def fail_in_cleanup():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        raise Oops("child")


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail_in_cleanup())
            await asyncio.sleep(1)
            raise Oops("body")
    except BaseException as e:
        say(e)
