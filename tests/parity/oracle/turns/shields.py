# SPDX-License-Identifier: MIT
"""S31, S82: shield of a coroutine makes a task; of what is done it is that."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def immediate():
    return 1


async def main():
    before = turns()
    say(await asyncio.shield(immediate()))
    say("immediate:", turns() - before)
    done = asyncio.create_task(immediate())
    await done
    before = turns()
    say(await asyncio.shield(done))
    say("done:", turns() - before)
