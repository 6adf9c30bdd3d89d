# SPDX-License-Identifier: MIT
"""S23, S24: done callbacks are scheduled in their order, also by a future that is done already."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda f: say("first"))
    future.add_done_callback(lambda f: say("second"))
    future.set_result(1)
    say("set", future.done())
    await asyncio.sleep(0)
    say("main")
    future.add_done_callback(lambda f: say("late"))
    say("added")
    await asyncio.sleep(0)
    say("main again")
