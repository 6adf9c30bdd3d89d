# SPDX-License-Identifier: MIT
"""S84: sleep gives its value back; cancelled, it is over at once."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    say(await asyncio.sleep(1, "value"))
    say(await asyncio.sleep(0, 7))
    task = asyncio.create_task(asyncio.sleep(1000, "never"))
    await asyncio.sleep(1)
    task.cancel()
    await tell("sleep", task)
