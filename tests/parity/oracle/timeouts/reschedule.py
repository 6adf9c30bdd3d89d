# SPDX-License-Identifier: MIT
"""S99: a deadline may be moved until it has fired or the body has ended."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    def attempt(limit):
        try:
            limit.reschedule(loop.time() + 1)
            say("moved")
        except RuntimeError as e:
            say(e)
    try:
        async with asyncio.timeout(1) as limit:
            limit.reschedule(loop.time() + 3)
            await asyncio.sleep(2)
            say("still there")
            limit.reschedule(loop.time() + 2)
            await asyncio.sleep(10)
    except TimeoutError as e:
        say(e)
    async with asyncio.timeout(1) as limit:
        limit.reschedule(None)
        say(limit.when())
        await asyncio.sleep(2)
    async with asyncio.timeout(None) as limit:
        attempt(limit)
        await asyncio.sleep(0.5)
        attempt(limit)
        await asyncio.sleep(0.5)
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(10)
            finally:
                attempt(limit)
    except TimeoutError as e:
        say(e)
