# SPDX-License-Identifier: MIT
"""S86: without time a done future gives its result, another is cancelled."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    loop = asyncio.get_running_loop()
    done, pending = loop.create_future(), loop.create_future()
    await asyncio.sleep(1)
    done.set_result(7)
    await tell("done", asyncio.wait_for(done, 0))
    await tell("pending", asyncio.wait_for(pending, 0))
    say(pending.cancelled())
    task = asyncio.create_task(asyncio.sleep(100))
    await asyncio.sleep(0)
    await tell("task", asyncio.wait_for(task, -1))
    say(task.cancelled())
