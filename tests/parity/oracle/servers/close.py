# SPDX-License-Identifier: MIT
"""S160: a closed server takes nobody, and the conversation that is there goes on."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


async def answer(reader, writer):
    while line := await reader.readline():
        writer.write(b"re: " + line)
    writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    say(server.is_serving(), len(server.sockets))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"one\n")
    say(await reader.readline())
    server.close()
    say(server.is_serving(), len(server.sockets))
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except OSError as e:
        say(e)
    writer.write(b"two\n")
    say(await reader.readline())
    server.close()
    writer.close()
    await writer.wait_closed()
    await server.wait_closed()
    say("closed")
