# SPDX-License-Identifier: MIT
"""S31, S72, S73: gather makes tasks, and one turn more than the last of them."""
# needs: 3.12
import asyncio
from oracle import say, turns


async def immediate():
    return 1


async def main():
    before = turns()
    say(await asyncio.gather(immediate()))
    say("one:", turns() - before)
    before = turns()
    say(await asyncio.gather(immediate(), immediate(), immediate()))
    say("three:", turns() - before)
    before = turns()
    say(await asyncio.gather())
    say("none:", turns() - before)
    done = asyncio.create_task(immediate())
    await done
    before = turns()
    say(await asyncio.gather(done, done))
    say("all done:", turns() - before)
    before = turns()
    say(await asyncio.gather(done, immediate()))
    say("one of them done:", turns() - before)
