# SPDX-License-Identifier: MIT
"""S87: a result set by a callback that is due before the timeout; in asyncio it is set and lost, in nurt it wins."""
# differs: D3
# needs: 3.12
import asyncio
from oracle import say, tell


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(1, future.set_result, 7)
    waiting = asyncio.create_task(asyncio.wait_for(future, 1.0000000005))
    await tell("wait_for", waiting)
