# SPDX-License-Identifier: MIT
"""What is written to a pipe is read from its other end, until it is closed."""
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
    for line in b"one\n", b"two\n":
        writer.write(line)
        say(await reader.readline())
    writer.write(b"rest")
    writer.close()
    say(await reader.readline(), await reader.readline(), reader.at_eof())
    source.close()
