# SPDX-License-Identifier: MIT
"""A port that is taken, and taken again when it is free."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


async def main():
    nobody = lambda reader, writer: None
    server = await asyncio.start_server(nobody, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await asyncio.start_server(nobody, "127.0.0.1", port)
    except OSError as e:
        say(e)
    server.close()
    await server.wait_closed()
    again = await asyncio.start_server(nobody, "127.0.0.1", port)
    say(again.sockets[0].getsockname()[1] == port)
    again.close()
