# SPDX-License-Identifier: MIT
"""S33: a task cannot await itself."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    async def work():
        await asyncio.sleep(1)
        try:
            await task
        except RuntimeError as e:
            say(e)
        return 5
    task = asyncio.create_task(work())
    say(await task)
