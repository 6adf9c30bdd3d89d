# SPDX-License-Identifier: MIT
"""S7: timers of one deadline come in any order in asyncio, first come first served in nurt."""
# differs: D1
# needs: 3.11
import asyncio
from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    when = loop.time() + 1
    for i in range(12):
        loop.call_at(when, say, i)
    await asyncio.sleep(2)
