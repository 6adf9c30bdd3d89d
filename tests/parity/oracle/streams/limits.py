# SPDX-License-Identifier: MIT
"""S151: what is over the limit stays for readuntil, and readline drops it."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def line(reader):
    try:
        say(await reader.readline())
    except ValueError:
        say("the line is too long")


async def main():
    reader = asyncio.StreamReader(limit=4)
    reader.feed_data(b"123456789|x;")
    await tell("found", reader.readuntil(b"|"))
    await tell("not found", reader.readuntil(b"---"))
    await tell("there", reader.readexactly(10))
    await tell("short", reader.readuntil(b";"))
    reader.feed_data(b"too long\n1234\nok\n")
    await line(reader)
    await line(reader)
    await line(reader)
    reader.feed_data(b"without an end")
    await line(reader)
    reader.feed_data(b"new\n")
    await line(reader)
