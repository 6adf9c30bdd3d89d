# SPDX-License-Identifier: MIT
"""S81: an error of what is shielded is reported if the awaiter was cancelled."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def fail():
    await asyncio.sleep(3)
    raise Oops("late")


async def outer():
    await asyncio.shield(fail())


async def main():
    waiting = asyncio.create_task(outer())
    await asyncio.sleep(1)
    waiting.cancel()
    await tell("outer", waiting)
    await asyncio.sleep(5)
    say("main")
