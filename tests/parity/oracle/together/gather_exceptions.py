# SPDX-License-Identifier: MIT
"""S66: return_exceptions gives errors and cancellations in their places."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def work():
    await asyncio.sleep(1)
    return 7


async def fail():
    raise Oops("failed")


async def main():
    sleeper = asyncio.create_task(asyncio.sleep(1000, 0))
    asyncio.get_running_loop().call_later(2, sleeper.cancel)
    say(await asyncio.gather(work(), fail(), sleeper, return_exceptions=True))
