# SPDX-License-Identifier: MIT
"""S41: an eager task that never suspends has ended when create_task returns."""
import asyncio
from oracle import say, turns


async def work():
    say("runs")
    return 7


async def main():
    task = asyncio.create_task(work(), eager_start=True)
    say(task.done(), task.result())
    before = turns()
    await task
    say("turns:", turns() - before)
    task.add_done_callback(lambda t: say("callback"))
    say("added")
    await asyncio.sleep(0)
