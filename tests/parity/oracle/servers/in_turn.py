# SPDX-License-Identifier: MIT
"""Clients one after the other, each served by a task of its own."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


count = 0


async def answer(reader, writer):
    global count
    count += 1
    mine = count
    say("server:", mine, await reader.readline())
    writer.write(b"you are %d\n" % mine)
    say("server:", mine, await reader.read())
    writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for name in b"a\n", b"b\n", b"c\n":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(name)
        say("client:", await reader.readline())
        writer.write_eof()
        say("client:", await reader.read())
        writer.close()
    server.close()
