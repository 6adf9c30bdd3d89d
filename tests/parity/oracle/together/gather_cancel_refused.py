# SPDX-License-Identifier: MIT
"""S69: a gather whose children are done refuses to be cancelled."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    return 1


async def main():
    a, b = asyncio.create_task(work()), asyncio.create_task(work())
    both = asyncio.gather(a, b)
    await asyncio.sleep(0)
    say(a.done(), b.done(), both.done(), both.cancel())
    await tell("gather", both)
