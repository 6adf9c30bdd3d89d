# SPDX-License-Identifier: MIT
"""S31, S85, S86: wait_for runs a coroutine in the same task; with no time at all it never starts."""
# needs: 3.12
import asyncio
from oracle import say, turns


async def immediate():
    say("runs")
    return 1


async def main():
    before = turns()
    say(await asyncio.wait_for(immediate(), 10))
    say("10 seconds:", turns() - before)
    before = turns()
    say(await asyncio.wait_for(immediate(), None))
    say("no limit:", turns() - before)
    before = turns()
    try:
        await asyncio.wait_for(immediate(), 0)
    except TimeoutError as e:
        say(e)
    say("no time:", turns() - before)
    done = asyncio.create_task(immediate())
    await done
    before = turns()
    say(await asyncio.wait_for(done, 0))
    say("a done task, no time:", turns() - before)
