# SPDX-License-Identifier: MIT
"""A connected socket is told that nobody is there."""
# on: the machine
# needs: 3.11
import asyncio
import socket

from oracle import say


class Box(asyncio.DatagramProtocol):
    """What arrives, errors too, in a queue."""

    def __init__(self):
        self.queue = asyncio.Queue()

    def datagram_received(self, data, sender):
        self.queue.put_nowait((data, sender))

    def error_received(self, error):
        self.queue.put_nowait((error, None))


async def open_socket(**options):
    transport, box = await asyncio.get_running_loop().create_datagram_endpoint(Box, **options)
    return transport, box.queue


async def main():
    with socket.socket(type=socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        address = gone.getsockname()
    client, answers = await open_socket(remote_addr=address)
    client.sendto(b"anybody?")
    say((await answers.get())[0])
    client.close()
