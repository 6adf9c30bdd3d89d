# SPDX-License-Identifier: MIT
"""sock_connect, sock_accept, sock_sendall and sock_recv, until the end."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say


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
    with listener() as waiting, tcp_socket() as client:
        accepting = asyncio.create_task(loop.sock_accept(waiting))
        await asyncio.sleep(0)
        say(accepting.done())
        await loop.sock_connect(client, waiting.getsockname())
        served, peer = await accepting
        say(peer == client.getsockname(), served.getblocking())
        await loop.sock_sendall(client, b"hello")
        say(await loop.sock_recv(served, 3), await loop.sock_recv(served, 10))
        memory = bytearray(10)
        await loop.sock_sendall(served, b"back")
        size = await loop.sock_recv_into(client, memory)
        say(size, memory[:size])
        served.close()
        say(await loop.sock_recv(client, 10))
