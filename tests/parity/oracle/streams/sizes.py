# SPDX-License-Identifier: MIT
"""S154: zero bytes at once, some of what is there, or all until the end."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    reader = asyncio.StreamReader()
    await tell("zero", reader.read(0))
    reader.feed_data(b"hello")
    await tell("two", reader.read(2))
    await tell("hundred", reader.read(100))
    reader.feed_data(b"wo")
    reader.feed_data(b"rld")
    reader.feed_eof()
    say(reader.at_eof())
    await tell("all", reader.read(-1))
    say(reader.at_eof())
    await tell("end", reader.read(10))
    await tell("end", reader.read(-1))
