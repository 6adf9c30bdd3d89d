# SPDX-License-Identifier: MIT
"""S92: a body that takes too long is cancelled, and the error comes when it has ended."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError as e:
                say("body", e, limit.expired())
                raise
    except TimeoutError as e:
        say(e, limit.expired(), asyncio.current_task().cancelling())
    async with asyncio.timeout(5) as limit:
        await asyncio.sleep(1)
        say("in time")
    say(limit.expired())
