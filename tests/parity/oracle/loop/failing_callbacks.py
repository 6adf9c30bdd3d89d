# SPDX-License-Identifier: MIT
"""S10, S11: the error of a callback goes to the exception handler, and the loop goes on."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def main():
    loop = asyncio.get_running_loop()
    def fail(message):
        raise Oops(message)
    loop.call_soon(fail, "a")
    loop.call_soon(say, "b runs")
    loop.call_later(1, fail, "c")
    await asyncio.sleep(0)
    say("main")
    await asyncio.sleep(2)
    say("main again")
