# SPDX-License-Identifier: MIT
"""S75: the end of wait's time is no error, and cancels nobody; nor does a cancel of its awaiter."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def work(delay):
    await asyncio.sleep(delay)
    say("ends")


async def main():
    tasks = [asyncio.create_task(work(d)) for d in (1, 3)]
    done, pending = await asyncio.wait(tasks, timeout=2)
    say(len(done), len(pending))
    waiting = asyncio.create_task(asyncio.wait(tasks))
    await asyncio.sleep(0)
    waiting.cancel()
    await tell("wait", waiting)
    await tasks[1]
    done, pending = await asyncio.wait(tasks, timeout=0)
    say(len(done), len(pending))
