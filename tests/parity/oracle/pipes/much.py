# SPDX-License-Identifier: MIT
"""A writer waits for a reader, and nothing is lost."""
# on: the machine
# needs: 3.11
import asyncio
import os

from oracle import say


async def open_pipe():
    loop = asyncio.get_running_loop()
    from_here, to_here = os.pipe()
    reader = asyncio.StreamReader()
    source, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(from_here, "rb"))
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(to_here, "wb"))
    return reader, source, asyncio.StreamWriter(transport, protocol, None, loop)


async def write(writer):
    writer.write(b"z" * 1_000_000)
    await writer.drain()
    say("written")
    writer.close()


async def main():
    reader, source, writer = await open_pipe()
    writing = asyncio.create_task(write(writer))
    await asyncio.sleep(0)
    say(writing.done())
    total = len(await reader.readexactly(950_000))
    await writing
    say(total + len(await reader.read()))
    source.close()
