# SPDX-License-Identifier: MIT
"""A reader is called as long as there is something to read, until it is removed."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    heard = asyncio.Queue()
    loop.add_reader(right, lambda: heard.put_nowait(right.recv(1)))
    left.send(b"abc")
    say("sent", heard.empty())
    for _ in range(3):
        say(await heard.get())
    say(loop.remove_reader(right), loop.remove_reader(right))
    left.send(b"d")
    await asyncio.sleep(0.01)
    say(heard.empty(), right.recv(10))
    left.close()
    right.close()
