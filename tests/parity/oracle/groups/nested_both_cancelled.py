# SPDX-License-Identifier: MIT
"""S110: the inner group deals with its own cancellation, the request to the outer one survives."""
# differs: D4
# needs: 3.13
import asyncio
from oracle import Oops, say


async def fail(name):
    raise Oops(name)


async def main():
    try:
        async with asyncio.TaskGroup() as outer:
            try:
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(fail("inner"))
                    outer.create_task(fail("outer"))
                    await asyncio.sleep(100)
            except BaseException as e:
                say("inner", e)
            await asyncio.sleep(100)
            say("never said")
    except BaseException as e:
        say("outer", e)
    say(asyncio.current_task().cancelling())
