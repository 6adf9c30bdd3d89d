# SPDX-License-Identifier: MIT
"""sock_sendall waits for a slow reader, and everything arrives."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say, tell


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    left.setblocking(False)
    right.setblocking(False)
    sending = asyncio.create_task(loop.sock_sendall(left, b"m" * 3_000_000))
    await asyncio.sleep(0)
    say(sending.done())
    total = 0
    while total < 3_000_000:
        total += len(await loop.sock_recv(right, 100_000))
    await tell("sending", sending)
    say(total)
    left.close()
    right.close()
