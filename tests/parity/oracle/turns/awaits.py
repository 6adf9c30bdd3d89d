# SPDX-License-Identifier: MIT
"""S31: turns from an await to what follows it."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def immediate():
    pass


async def main():
    before = turns()
    await immediate()
    say("a coroutine that never suspends:", turns() - before)
    before = turns()
    await asyncio.sleep(0)
    say("sleep(0):", turns() - before)
    before = turns()
    await asyncio.sleep(-1)
    say("sleep(-1):", turns() - before)
    done = asyncio.get_running_loop().create_future()
    done.set_result(None)
    before = turns()
    await done
    say("a done future:", turns() - before)
