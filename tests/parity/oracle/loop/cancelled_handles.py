# SPDX-License-Identifier: MIT
"""S9: a cancelled callback does not run; cancel may be repeated, and comes too late when it runs."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    soon = loop.call_soon(say, "never said")
    soon.cancel()
    soon.cancel()
    say(soon.cancelled())
    later = loop.call_later(1, say, "never said")
    later.cancel()
    def own():
        own_handle.cancel()
        say("runs, and cancels itself")
    own_handle = loop.call_soon(own)
    other = loop.call_later(3, say, "never said")
    loop.call_later(2, other.cancel)
    await asyncio.sleep(4)
    say(later.cancelled(), other.cancelled())
