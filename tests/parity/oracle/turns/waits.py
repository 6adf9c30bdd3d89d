# SPDX-License-Identifier: MIT
"""S31: wait looks at what is done after a turn, always."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def immediate():
    pass


async def main():
    before = turns()
    new = asyncio.create_task(immediate())
    await asyncio.wait([new])
    say("a new task:", turns() - before)
    before = turns()
    done, pending = await asyncio.wait([new])
    say("a done task:", turns() - before, len(done), len(pending))
    new = asyncio.create_task(immediate())
    before = turns()
    done, pending = await asyncio.wait([new, asyncio.create_task(asyncio.sleep(1))], return_when=asyncio.FIRST_COMPLETED)
    say("the first of two:", turns() - before, len(done), len(pending))
