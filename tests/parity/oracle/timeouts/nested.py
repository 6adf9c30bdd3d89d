# SPDX-License-Identifier: MIT
"""S95, S96: nested timeouts, the outer or the inner one first."""
# needs: 3.11
import asyncio
from oracle import say


async def nested(outer_limit, inner_limit):
    try:
        async with asyncio.timeout(outer_limit) as outer:
            try:
                async with asyncio.timeout(inner_limit) as inner:
                    await asyncio.sleep(10)
            except BaseException as e:
                say("inner", e, inner.expired())
                raise
    except BaseException as e:
        say("outer", e, outer.expired())


async def main():
    await nested(2, 1)
    await nested(1, 2)
    await asyncio.sleep(5)
