# SPDX-License-Identifier: MIT
"""S90: a cancel that comes after the end of the inner task and before the wake-up."""
# differs: D3
# needs: 3.12
import asyncio
from oracle import say, tell


async def main():
    future = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(asyncio.wait_for(future, 50))
    await asyncio.sleep(0)
    future.set_result(7)
    waiting.cancel()
    await tell("wait_for", waiting)
