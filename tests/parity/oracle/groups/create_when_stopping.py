# SPDX-License-Identifier: MIT
"""S113: no task can be made before the block, nor when the group is stopping."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def nothing():
    say("never said")


async def fail():
    raise Oops("child")


async def main():
    def attempt(group):
        work = nothing()
        try:
            group.create_task(work)
        except RuntimeError as e:
            say(e)
            work.close()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            try:
                await asyncio.sleep(100)
            finally:
                attempt(group)
    except BaseException as e:
        say(e)
    attempt(asyncio.TaskGroup())
