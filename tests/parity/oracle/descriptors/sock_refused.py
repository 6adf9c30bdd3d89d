# SPDX-License-Identifier: MIT
"""sock_connect to a port where nobody listens."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import tell


def tcp_socket():
    made = socket.socket()
    made.setblocking(False)
    return made


def listener():
    made = tcp_socket()
    made.bind(("127.0.0.1", 0))
    made.listen()
    return made


async def main():
    loop = asyncio.get_running_loop()
    with listener() as gone:
        address = gone.getsockname()
    with tcp_socket() as client:
        await tell("connect", loop.sock_connect(client, address))
