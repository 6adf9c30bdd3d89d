# SPDX-License-Identifier: MIT
"""A write that nobody will read is an error."""
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


async def main():
    reader, source, writer = await open_pipe()
    source.close()
    try:
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(0)
    except ConnectionError:
        say("write failed")
    writer.close()
