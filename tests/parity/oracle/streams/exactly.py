# SPDX-License-Identifier: MIT
"""S153: an end inside readexactly carries what there was, and leaves nothing."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    reader = asyncio.StreamReader()
    reader.feed_data(b"abcdefg")
    await tell("three", reader.readexactly(3))
    await tell("none", reader.readexactly(0))
    reader.feed_eof()
    await tell("five", reader.readexactly(5))
    say(reader.at_eof())
    await tell("one", reader.readexactly(1))
