# SPDX-License-Identifier: MIT
"""Questions and answers, each whole and from the right sender."""
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
    address = server.get_extra_info("sockname")
    client, answers = await open_socket(remote_addr=address)
    for question in b"one", b"two and more":
        client.sendto(question)
        data, sender = await asked.get()
        say("server:", data, sender == client.get_extra_info("sockname"))
        server.sendto(data.upper(), sender)
        data, sender = await answers.get()
        say("client:", data, sender == address)
    client.close()
    server.close()
