# SPDX-License-Identifier: MIT
"""A1, A2: asend, athrow."""
# needs: 3.11
import asyncio
from oracle import Oops, say, tell


async def echo():
    value = None
    while True:
        try:
            value = yield value
        except Oops as e:
            say("handled", e)
            await asyncio.sleep(1)
            value = -1


async def main():
    g = echo()
    await tell("too early", g.asend(1))
    say(await anext(g))
    say(await g.asend(1))
    say(await g.asend(2))
    say(await g.athrow(Oops("thrown in")))
    await tell("a stranger", g.athrow(asyncio.QueueEmpty()))
    say(await anext(g, None))
