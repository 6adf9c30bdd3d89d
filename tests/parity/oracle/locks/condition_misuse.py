# SPDX-License-Identifier: MIT
"""S127: wait and notify need the lock."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    condition = asyncio.Condition()
    await tell("wait", condition.wait())
    try:
        condition.notify()
    except RuntimeError as e:
        say(e)
