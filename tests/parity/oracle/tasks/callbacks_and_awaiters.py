# SPDX-License-Identifier: MIT
"""S23: callbacks of a task and its awaiters run in the order in which they were added."""
# needs: 3.11
import asyncio
from oracle import say


async def work():
    await asyncio.sleep(0)
    return 3


async def wait(name, task):
    say(name, await task)


async def main():
    task = asyncio.create_task(work())
    task.add_done_callback(lambda t: say("callback 1"))
    a = asyncio.create_task(wait("a", task))
    await asyncio.sleep(0)
    task.add_done_callback(lambda t: say("callback 2"))
    b = asyncio.create_task(wait("b", task))
    await a
    await b
