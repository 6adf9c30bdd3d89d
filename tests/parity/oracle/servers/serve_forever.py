# SPDX-License-Identifier: MIT
"""S161: a cancelled serve_forever closes the server and goes on being cancelled."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say, tell


async def main():
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    serving = asyncio.create_task(server.serve_forever())
    await asyncio.sleep(0)
    say(server.is_serving(), serving.done())
    serving.cancel("enough")
    await tell("serving", serving)
    say(server.is_serving())
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except OSError as e:
        say(e)
