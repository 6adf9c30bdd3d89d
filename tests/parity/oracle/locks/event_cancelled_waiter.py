# SPDX-License-Identifier: MIT
"""S124: a cancelled waiter of an event is gone."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    event = asyncio.Event()
    a, b = asyncio.create_task(event.wait()), asyncio.create_task(event.wait())
    await asyncio.sleep(0)
    a.cancel()
    event.set()
    await tell("a", a)
    say(b.done() and not b.cancelled())
