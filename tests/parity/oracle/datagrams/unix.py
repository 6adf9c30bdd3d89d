# SPDX-License-Identifier: MIT
"""Datagrams over a path."""
# on: the machine
# needs: 3.11
import asyncio
import socket
import tempfile

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
    with tempfile.TemporaryDirectory() as folder:
        server, asked = await open_socket(local_addr=folder + "/s", family=socket.AF_UNIX)
        client, _ = await open_socket(remote_addr=folder + "/s", family=socket.AF_UNIX)
        for text in b"one", b"two":
            client.sendto(text)
        say((await asked.get())[0], (await asked.get())[0])
        client.close()
        server.close()
