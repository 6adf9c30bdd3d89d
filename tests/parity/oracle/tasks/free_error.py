# SPDX-License-Identifier: MIT
"""The error of a task that nobody awaits is reported when the last handle of it goes."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def fail():
    await asyncio.sleep(0)
    raise Oops("nobody awaits me")


async def main():
    asyncio.create_task(fail())
    kept = [asyncio.create_task(fail())]
    await asyncio.sleep(1)
    say("drops the handle")
    kept.clear()
    say("main again")
