# SPDX-License-Identifier: MIT
"""A conversation in lines, which each side ends in its turn."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


async def answer(reader, writer):
    while line := await reader.readline():
        say("server:", line)
        writer.write(line.upper())
        await writer.drain()
    say("server: end", reader.at_eof())
    writer.write(b"bye")
    writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    for line in b"one\n", b"two\n":
        writer.write(line)
        await writer.drain()
        say("client:", await reader.readline())
    writer.write(b"unfinished")
    writer.write_eof()
    say("client:", await reader.readline(), reader.at_eof())
    writer.close()
    await writer.wait_closed()
    server.close()
