# SPDX-License-Identifier: MIT
"""A datagram that no network carries is refused, and the socket lives on."""
# on: the machine
# needs: 3.11
import asyncio
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
    server, asked = await open_socket(local_addr=("127.0.0.1", 0))
    client, errors = await open_socket(remote_addr=server.get_extra_info("sockname"))
    client.sendto(b"d" * 70_000)
    say((await errors.get())[0])
    client.sendto(b"short")
    say((await asked.get())[0])
    client.close()
    server.close()
