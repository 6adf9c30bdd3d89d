# SPDX-License-Identifier: MIT
"""S165: what was written before a close arrives, however much it is."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


async def talk(reader, writer):
    writer.write(b"x" * 5_000_000)
    writer.write(b"end")
    writer.close()


async def main():
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    everything = await reader.read()
    say(len(everything), everything[-5:])
    writer.close()
    server.close()
