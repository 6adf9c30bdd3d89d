# SPDX-License-Identifier: MIT
"""S98: another error that the body raises when it is late wins."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def main():
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(10)
            finally:
                raise Oops("instead")
    except Oops as e:
        say(e, limit.expired(), asyncio.current_task().cancelling())
    await asyncio.sleep(1)
    say("main")
