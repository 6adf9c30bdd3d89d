# SPDX-License-Identifier: MIT
"""S155: a second reader is refused, and the first one goes on."""
# needs: 3.11
import asyncio
from oracle import tell


async def main():
    reader = asyncio.StreamReader()
    first = asyncio.create_task(tell("first", reader.readexactly(6)))
    await asyncio.sleep(1)
    await tell("second", reader.readline())
    await tell("third", reader.read(1))
    reader.feed_data(b"for it")
    await first
    reader.feed_data(b"free")
    await tell("next", reader.read(10))
