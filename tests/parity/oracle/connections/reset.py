# SPDX-License-Identifier: MIT
"""A peer that resets: the reader is told, and so is whoever writes then."""
# on: the machine
# needs: 3.11
import asyncio
import socket
import struct

from oracle import say, tell


async def cut(reader, writer):
    say("server:", await reader.readline())
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.close()


async def main():
    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    writer.write(b"go\n")
    await tell("read", reader.read(1))
    for _ in range(2):
        try:
            writer.write(b"anybody?")
            await writer.drain()
            say("written")
        except ConnectionError:
            say("write failed")
    writer.close()
    server.close()
