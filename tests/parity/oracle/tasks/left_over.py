# SPDX-License-Identifier: MIT
"""S142: a task that is left at the end of run is cancelled and waited for."""
# needs: 3.11
import asyncio
from oracle import say


async def cleans():
    try:
        await asyncio.sleep(1000)
    finally:
        say("is cancelled")
        await asyncio.sleep(1)
        say("has cleaned up")

left = []


async def main():
    left.append(asyncio.create_task(cleans()))
    await asyncio.sleep(1)
    say("main")
