# SPDX-License-Identifier: MIT
"""A5: aclose lets the body await on its way out."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def cleans():
    try:
        yield 1
        yield 2
    finally:
        say("cleans up")
        await asyncio.sleep(1)
        say("has cleaned up")


async def ignores():
    try:
        yield 1
    except GeneratorExit:
        yield 2


async def main():
    g = cleans()
    say(await anext(g))
    await g.aclose()
    await g.aclose()
    say(await anext(g, None))
    g = cleans()
    await g.aclose()
    say(await anext(g, None))
    g = ignores()
    await anext(g)
    await tell("ignored", g.aclose())
