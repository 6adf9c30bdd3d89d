# SPDX-License-Identifier: MIT
"""S70: what is given twice runs once."""
# needs: 3.11
import asyncio
from oracle import say


async def work():
    say("runs")
    await asyncio.sleep(1)
    return 7


async def main():
    task = asyncio.create_task(work())
    say(await asyncio.gather(task, task, task))
