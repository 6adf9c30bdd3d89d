# SPDX-License-Identifier: MIT
"""S59: uncancel takes a request back, and with the last one the cancellation that was still to come."""
# needs: 3.13
import asyncio
from oracle import say, tell


async def work():
    me = asyncio.current_task()
    me.cancel()
    me.cancel()
    say(me.cancelling(), me.uncancel(), me.uncancel(), me.uncancel())
    await asyncio.sleep(0)
    say("goes on")
    return 7


async def main():
    task = asyncio.create_task(work())
    await tell("work", task)
    say(task.cancelled())
