# SPDX-License-Identifier: MIT
"""Of one descriptor that is ready for both the reader runs first."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    done = asyncio.Event()

    def write():
        say("write")
        loop.remove_writer(right)
        done.set()

    left.send(b"x")
    loop.add_writer(right, write)
    loop.add_reader(right, lambda: say("read", right.recv(10)))
    await done.wait()
    loop.remove_reader(right)
    left.close()
    right.close()
