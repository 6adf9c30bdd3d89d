# SPDX-License-Identifier: MIT
"""S52: a task that cancels itself goes on until it suspends; nurt throws as it would suspend, asyncio a turn later."""
# differs: D4
# needs: 3.11
import asyncio
from oracle import say


async def immediate():
    say("immediate")


async def main():
    me = asyncio.current_task()
    done = asyncio.get_running_loop().create_future()
    done.set_result(None)
    me.cancel("myself")
    await immediate()
    say("goes on")
    try:
        await asyncio.sleep(0)
        say("never said")
    except asyncio.CancelledError as e:
        say(e, me.cancelling())
    say(me.uncancel())
    await asyncio.sleep(0)
    say("goes on again")
