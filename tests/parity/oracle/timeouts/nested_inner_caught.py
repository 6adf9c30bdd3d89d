# SPDX-License-Identifier: MIT
"""S92: after the inner one has fired and is dealt with, the outer one still counts."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    try:
        async with asyncio.timeout(3):
            try:
                async with asyncio.timeout(1):
                    await asyncio.sleep(10)
            except TimeoutError as e:
                say("inner", e)
            await asyncio.sleep(10)
    except TimeoutError as e:
        say("outer", e)
