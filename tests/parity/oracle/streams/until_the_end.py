# SPDX-License-Identifier: MIT
"""S153: an end inside readuntil carries what there was."""
# needs: 3.11
import asyncio
from oracle import tell


async def main():
    reader = asyncio.StreamReader()
    reader.feed_data(b"abc;de")
    reader.feed_eof()
    await tell("found", reader.readuntil(b";"))
    await tell("ended", reader.readuntil(b";"))
    await tell("again", reader.readuntil(b";"))
