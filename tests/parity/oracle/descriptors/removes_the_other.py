# SPDX-License-Identifier: MIT
"""A callback that was removed in the turn of its event does not run."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    done = asyncio.Event()

    def read():
        say("read", right.recv(10), loop.remove_writer(right))
        loop.remove_reader(right)
        done.set()

    left.send(b"x")
    loop.add_writer(right, say, "never")
    loop.add_reader(right, read)
    await done.wait()
    await asyncio.sleep(0.01)
    left.close()
    right.close()
