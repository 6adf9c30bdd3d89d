# SPDX-License-Identifier: MIT
"""A conversation over a path."""
# on: the machine
# needs: 3.11
import asyncio
import os
import tempfile

from oracle import say, tell


async def answer(reader, writer):
    say("server:", await reader.readline())
    writer.write(b"hello\n")
    writer.close()


async def main():
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/s"
        await tell("before", asyncio.open_unix_connection(path))
        server = await asyncio.start_unix_server(answer, path)
        say(os.path.exists(path), server.is_serving())
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"who is there?\n")
        say("client:", await reader.readline())
        say("client:", await reader.read())
        writer.close()
        server.close()
        say(server.is_serving())
