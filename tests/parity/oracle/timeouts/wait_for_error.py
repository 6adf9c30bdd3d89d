# SPDX-License-Identifier: MIT
"""S57: an error in the cleanup is what wait_for raises."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def work():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        raise Oops("in the cleanup")


async def main():
    await tell("wait_for", asyncio.wait_for(work(), 1))
    await tell("of a task", asyncio.wait_for(asyncio.create_task(work()), 1))
