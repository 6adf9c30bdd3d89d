# SPDX-License-Identifier: MIT
"""S31, S32: a new task takes its first step in the next turn, and wakes its awaiter in the one after its end."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def immediate():
    say("runs")


async def one_yield():
    await asyncio.sleep(0)


async def main():
    before = turns()
    await asyncio.create_task(immediate())
    say("immediate:", turns() - before)
    before = turns()
    await asyncio.create_task(one_yield())
    say("one sleep(0):", turns() - before)
    done = asyncio.create_task(immediate())
    await done
    before = turns()
    await done
    say("done:", turns() - before)
