# SPDX-License-Identifier: MIT
"""A reader that waits runs in the turn after its bytes came, and after the end."""
# needs: 3.11
import asyncio
from oracle import say


async def read(reader):
    say("reading")
    say("got", await reader.read(10))
    say("got", await reader.read(10))


async def main():
    reader = asyncio.StreamReader()
    task = asyncio.create_task(read(reader))
    await asyncio.sleep(0)
    reader.feed_data(b"some")
    say("fed")
    await asyncio.sleep(0)
    say("after")
    await asyncio.sleep(0)
    reader.feed_eof()
    say("ended")
    await task
    say("done")
