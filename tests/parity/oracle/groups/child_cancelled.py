# SPDX-License-Identifier: MIT
"""S106: a child that is cancelled alone, or raises CancelledError, disturbs nobody."""
# needs: 3.11
import asyncio
from oracle import say


async def raises():
    raise asyncio.CancelledError


async def sibling():
    await asyncio.sleep(3)
    say("sibling ends")


async def main():
    async with asyncio.TaskGroup() as group:
        sleeper = group.create_task(asyncio.sleep(100))
        group.create_task(raises())
        group.create_task(sibling())
        await asyncio.sleep(1)
        sleeper.cancel()
    say("group ends", sleeper.cancelled())
