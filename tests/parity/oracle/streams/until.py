# SPDX-License-Identifier: MIT
"""S152: of several separators the one that ends first ends the chunk."""
# needs: 3.13
import asyncio
from oracle import say


async def main():
    reader = asyncio.StreamReader()
    reader.feed_data(b"one\r\ntwo\nthree\rABCDE|")
    say(await reader.readuntil((b"\n", b"\r\n", b"\r")))
    say(await reader.readuntil((b"two", b"\n")))
    say(await reader.readuntil((b"\r", b"\n")))
    say(await reader.readuntil((b"ABCDE", b"BC", b"\rA")))
    say(await reader.readuntil((b"BCDE", b"CD")))
    say(await reader.readuntil(b"|"))
