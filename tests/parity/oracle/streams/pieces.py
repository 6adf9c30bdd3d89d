# SPDX-License-Identifier: MIT
"""A separator may arrive in pieces, and the reader runs in the turn after its last one."""
# needs: 3.11
import asyncio
from oracle import say


async def read(reader):
    say("head", await reader.readuntil(b"\r\n\r\n"))
    say("body", await reader.readexactly(4))


async def main():
    reader = asyncio.StreamReader()
    task = asyncio.create_task(read(reader))
    for piece in b"head\r", b"\n", b"\r", b"\nbo", b"dy":
        await asyncio.sleep(1)
        say("feed", piece)
        reader.feed_data(piece)
    await task
