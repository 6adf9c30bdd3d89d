# SPDX-License-Identifier: MIT
"""S1, S2: callbacks run in the order of call_soon, and what they schedule waits for the next turn."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    def first():
        say("first")
        loop.call_soon(say, "scheduled by first")
    loop.call_soon(first)
    loop.call_soon(say, "second")
    loop.call_soon(say, "third")
    await asyncio.sleep(0)
    say("main")
    await asyncio.sleep(0)
    say("main again")
