# SPDX-License-Identifier: MIT
"""S91: what is shielded survives the timeout."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work():
    await asyncio.sleep(3)
    say("work ends")
    return 7


async def main():
    inner = asyncio.create_task(work())
    await tell("wait_for", asyncio.wait_for(asyncio.shield(inner), 1))
    say(inner.done())
    await tell("inner", inner)
