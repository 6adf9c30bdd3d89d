# SPDX-License-Identifier: MIT
"""sock_sendto and sock_recvfrom."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as left, socket.socket(type=socket.SOCK_DGRAM) as right:
        for each in left, right:
            each.setblocking(False)
            each.bind(("127.0.0.1", 0))
        say(await loop.sock_sendto(left, b"question", right.getsockname()))
        data, sender = await loop.sock_recvfrom(right, 100)
        say(data, sender == left.getsockname())
        await loop.sock_sendto(right, b"answer", sender)
        memory = bytearray(3)
        size, sender = await loop.sock_recvfrom_into(left, memory)
        say(size, memory, sender == right.getsockname())
