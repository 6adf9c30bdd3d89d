# SPDX-License-Identifier: MIT
"""readline gives lines, then the rest, then nothing."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    reader = asyncio.StreamReader()
    reader.feed_data(b"one\n\ntwo\nrest")
    for _ in range(3):
        say(await reader.readline(), reader.at_eof())
    reader.feed_eof()
    for _ in range(3):
        say(await reader.readline(), reader.at_eof())
