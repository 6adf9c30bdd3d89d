# SPDX-License-Identifier: MIT
"""S47: a group copes with children that have ended when they are made."""
import asyncio
from oracle import Oops, say, turns


async def work(value):
    return value


async def fail():
    raise Oops("at once")


async def main():
    before = turns()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(v), eager_start=True) for v in (1, 2)]
    say([t.result() for t in tasks])
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(), eager_start=True)
            say("goes on")
            await asyncio.sleep(10)
            say("never said")
    except BaseException as e:
        say(e)
