# SPDX-License-Identifier: MIT
"""S31, S97: a timeout costs no turn; one without time fires at the first suspension."""
# needs: 3.11
import asyncio
from oracle import say, turns


async def main():
    before = turns()
    async with asyncio.timeout(10):
        pass
    async with asyncio.timeout(0):
        pass
    async with asyncio.timeout(None):
        pass
    say("empty bodies:", turns() - before)
    before = turns()
    try:
        async with asyncio.timeout(0):
            await asyncio.sleep(0)
            say("never said")
    except TimeoutError as e:
        say(e, "after", turns() - before)
    before = turns()
    try:
        async with asyncio.timeout(-1):
            await asyncio.sleep(0)
    except TimeoutError as e:
        say(e, "after", turns() - before)
