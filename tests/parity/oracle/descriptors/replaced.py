# SPDX-License-Identifier: MIT
"""A second reader takes the place of the first; a reader and a writer stand side by side."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    done = asyncio.Event()
    writes = 0

    def read():
        say("second", right.recv(10))
        done.set()

    def write():
        nonlocal writes
        writes += 1
        if writes == 3:
            loop.remove_writer(right)
            left.send(b"x")

    loop.add_reader(right, say, "first")
    loop.add_reader(right, read)
    loop.add_writer(right, write)
    await done.wait()
    say(writes, loop.remove_writer(right), loop.remove_reader(right))
    left.close()
    right.close()
