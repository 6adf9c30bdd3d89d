# SPDX-License-Identifier: MIT
"""A sock_recv that is cancelled has taken nothing."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import tell


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    left.setblocking(False)
    right.setblocking(False)
    receiving = asyncio.create_task(tell("first", loop.sock_recv(right, 10)))
    await asyncio.sleep(0)
    receiving.cancel("enough")
    await receiving
    await loop.sock_sendall(left, b"still here")
    await tell("second", loop.sock_recv(right, 100))
    left.close()
    await tell("third", loop.sock_recv(right, 100))
    right.close()
