# SPDX-License-Identifier: MIT
"""All who wait for a future go on in the next turn, in the order in which they came."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def wait(name, future):
    try:
        say(name, await future)
    except Oops as e:
        say(name, e)


async def main():
    loop = asyncio.get_running_loop()
    future, failing = loop.create_future(), loop.create_future()
    tasks = [asyncio.create_task(wait(name, future)) for name in "abc"]
    tasks += [asyncio.create_task(wait(name, failing)) for name in "de"]
    await asyncio.sleep(0)
    failing.set_exception(Oops("failed"))
    future.set_result(7)
    say("both set")
    for task in tasks:
        await task
