# SPDX-License-Identifier: MIT
"""Both sides write much at once, and read it."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


async def read(reader):
    return len(await reader.read())


async def write(writer, size):
    writer.write(b"y" * size)
    await writer.drain()
    writer.write_eof()


async def main():
    served = asyncio.Event()

    async def serve(reader, writer):
        got, _ = await asyncio.gather(read(reader), write(writer, 3_000_000))
        say("server got", got)
        served.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    got, _ = await asyncio.gather(read(reader), write(writer, 2_000_000))
    await served.wait()
    say("client got", got)
    writer.close()
    server.close()
