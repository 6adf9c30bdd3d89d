# SPDX-License-Identifier: MIT
"""S5, S6: timers fire in the order of their deadlines, those of the past too."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(3, say, "three")
    loop.call_later(1, say, "one")
    loop.call_later(-1, say, "past")
    loop.call_later(-2, say, "long past")
    loop.call_later(2.5, say, "two and a half")
    loop.call_at(loop.time() + 2, say, "two")
    await asyncio.sleep(4)
    say("main")
