# SPDX-License-Identifier: MIT
"""S31: a cancelled sleeper resumes its awaiter after two turns."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def main():
    sleeper = asyncio.create_task(asyncio.sleep(1000))
    await asyncio.sleep(0)
    before = turns()
    sleeper.cancel()
    try:
        await sleeper
    except asyncio.CancelledError as e:
        say(e, "after", turns() - before)
    unstarted = asyncio.create_task(asyncio.sleep(1000))
    before = turns()
    unstarted.cancel()
    try:
        await unstarted
    except asyncio.CancelledError as e:
        say(e, "after", turns() - before)
