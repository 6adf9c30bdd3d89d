# SPDX-License-Identifier: MIT
"""An exception of a reader is reported, and the reader stays."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import Oops, say


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    heard = asyncio.Queue()

    def read():
        heard.put_nowait(right.recv(1))
        raise Oops("in the reader")

    loop.add_reader(right, read)
    for text in b"a", b"b":
        left.send(text)
        say(await heard.get())
    say(loop.remove_reader(right))
    left.close()
    right.close()
