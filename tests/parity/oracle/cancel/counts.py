# SPDX-License-Identifier: MIT
"""S50: cancel counts requests, and is refused when the task is done."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    sleeper = asyncio.create_task(asyncio.sleep(1000))
    await asyncio.sleep(0)
    say(sleeper.cancelling(), sleeper.cancel(), sleeper.cancelling(), sleeper.cancel(), sleeper.cancelling())
    try:
        await sleeper
    except asyncio.CancelledError as e:
        say(e)
    say(sleeper.cancel(), sleeper.cancelled(), sleeper.done())
