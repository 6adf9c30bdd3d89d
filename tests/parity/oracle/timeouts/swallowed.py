# SPDX-License-Identifier: MIT
"""S101: a body that swallows the cancellation has won."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    async with asyncio.timeout(1) as limit:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as e:
            say("swallowed", e)
    say(limit.expired(), asyncio.current_task().cancelling())
    await asyncio.sleep(1)
    say("main")
