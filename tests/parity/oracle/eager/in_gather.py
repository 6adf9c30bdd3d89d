# SPDX-License-Identifier: MIT
"""S47: gather of eager tasks that have ended, and of some that have not."""
import asyncio
from oracle import say


async def work(value, delay):
    if delay:
        await asyncio.sleep(delay)
    say("ends", value)
    return value


def eager(value, delay=0):
    return asyncio.create_task(work(value, delay), eager_start=True)


async def main():
    say(await asyncio.gather(eager(1), eager(2)))
    say(await asyncio.gather(eager(1), eager(2, 3), eager(3, 1)))
