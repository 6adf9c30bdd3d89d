# SPDX-License-Identifier: MIT
"""S99: a deadline that is moved into the past fires at the next suspension."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    await asyncio.sleep(5)
    try:
        async with asyncio.timeout(10) as limit:
            limit.reschedule(asyncio.get_running_loop().time() - 1)
            say("moved")
            await asyncio.sleep(1)
            say("never said")
    except TimeoutError as e:
        say(e, limit.expired())
