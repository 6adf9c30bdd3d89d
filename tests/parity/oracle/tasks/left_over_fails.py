# SPDX-License-Identifier: MIT
"""S142: the error of a task that was left at the end of run is reported."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def fails():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        raise Oops("in the cleanup")

left = []


async def main():
    left.append(asyncio.create_task(fails()))
    await asyncio.sleep(1)
    say("main")
