# SPDX-License-Identifier: MIT
"""S157, S164: asyncio drops what is written after close until drain raises; in nurt the write is an error."""
# on: the machine
# differs: D18
# needs: 3.11
import asyncio
from oracle import say


async def write(writer, text):
    try:
        writer.write(text)
        say("wrote")
        await writer.drain()
        say("drained")
    except (ConnectionError, RuntimeError) as e:
        say("write failed")


async def main():
    heard = asyncio.Event()

    async def listen(reader, writer):
        say("server:", await reader.read())
        heard.set()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    await write(writer, b"before")
    writer.close()
    say(writer.is_closing())
    await heard.wait()
    await write(writer, b"after")
    writer.close()
    server.close()
