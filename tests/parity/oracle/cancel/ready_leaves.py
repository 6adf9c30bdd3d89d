# SPDX-License-Identifier: MIT
"""S52: an await that need not wait does not see a cancel in asyncio; in nurt it does."""
# differs: D4
# needs: 3.11
import asyncio
from oracle import say


async def main():
    me = asyncio.current_task()
    event = asyncio.Event()
    event.set()
    me.cancel()
    try:
        await event.wait()
        say("the event is set")
        await asyncio.sleep(0)
        say("never said")
    except asyncio.CancelledError as e:
        say(e)
    me.uncancel()
