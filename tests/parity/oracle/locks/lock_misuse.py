# SPDX-License-Identifier: MIT
"""S123: a lock that is not held cannot be released."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    lock = asyncio.Lock()
    try:
        lock.release()
    except RuntimeError as e:
        say(e)
    async with lock:
        say(lock.locked())
    say(lock.locked())
