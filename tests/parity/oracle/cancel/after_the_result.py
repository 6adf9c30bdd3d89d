# SPDX-License-Identifier: MIT
"""S55: a cancel that comes after the result and before the wake-up loses the result in asyncio; in nurt the result wins."""
# differs: D3
# needs: 3.11
import asyncio
from oracle import say, tell


async def wait(future):
    value = await future
    say("got", value)
    await asyncio.sleep(0)
    say("went on")


async def main():
    future = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(wait(future))
    await asyncio.sleep(0)
    future.set_result(7)
    task.cancel()
    await tell("waiter", task)
