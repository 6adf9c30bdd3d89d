# SPDX-License-Identifier: MIT
"""The file of a server that is gone, and a file that is none of a socket."""
# on: the machine
# needs: 3.11
import asyncio
import socket
import tempfile

from oracle import say, tell


async def main():
    with tempfile.TemporaryDirectory() as folder:
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(folder + "/s")
        dead.close()
        await tell("dead", asyncio.open_unix_connection(folder + "/s"))
        server = await asyncio.start_unix_server(lambda reader, writer: None, folder + "/s")
        say("replaced", server.is_serving())
        server.close()
        with open(folder + "/f", "w") as file:
            file.write("a file")
        try:
            await asyncio.start_unix_server(lambda reader, writer: None, folder + "/f")
        except OSError as e:
            say(e)
