# SPDX-License-Identifier: MIT
"""S42, S43: inside of an eager task it is the current one, and then its creator again."""
import asyncio
from oracle import say


async def work():
    say(asyncio.current_task().get_name(), len(asyncio.all_tasks()))
    await asyncio.sleep(0)
    say(asyncio.current_task().get_name())


async def main():
    me = asyncio.current_task()
    task = asyncio.create_task(work(), name="eager", eager_start=True)
    say(asyncio.current_task() is me, len(asyncio.all_tasks()))
    await task
    say(len(asyncio.all_tasks()))
