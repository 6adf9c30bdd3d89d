# SPDX-License-Identifier: MIT
"""A timeout that fires again and again leaves no trace."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    for i in range(5):
        try:
            async with asyncio.timeout(1):
                await asyncio.sleep(0.5 if i % 2 else 2)
            say(i, "in time")
        except TimeoutError as e:
            say(i, e)
    say(asyncio.current_task().cancelling())
