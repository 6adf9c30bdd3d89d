# SPDX-License-Identifier: MIT
"""S3: in a turn, what is ready comes before the timers that are due."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(0, say, "timer of no time")
    loop.call_soon(say, "callback")
    loop.call_later(-1, say, "timer of the past")
    await asyncio.sleep(0)
    say("main")
    await asyncio.sleep(0)
    say("main again")
