# SPDX-License-Identifier: MIT
"""A port where nobody listens any more."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


async def main():
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    say(server.is_serving())
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except OSError as e:
        say(e)
