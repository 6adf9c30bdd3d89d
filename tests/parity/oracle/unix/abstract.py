# SPDX-License-Identifier: MIT
"""A name that is no file."""
# on: the machine
# needs: 3.11
import asyncio
import os

from oracle import say, tell


async def answer(reader, writer):
    writer.write(await reader.read())
    writer.close()


async def main():
    name = f"\0nurt-oracle-{os.getpid()}"
    server = await asyncio.start_unix_server(answer, name)
    reader, writer = await asyncio.open_unix_connection(name)
    writer.write(b"back to me")
    writer.write_eof()
    say(await reader.read())
    writer.close()
    server.close()
    await server.wait_closed()
    await tell("after", asyncio.open_unix_connection(name))
