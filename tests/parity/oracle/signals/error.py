# SPDX-License-Identifier: MIT
"""An exception of a handler is reported, and the next signal is told again."""
# on: the machine
# needs: 3.11
import asyncio
import os
import signal

from oracle import Oops


async def main():
    loop = asyncio.get_running_loop()
    heard = asyncio.Event()

    def handler():
        heard.set()
        raise Oops("in the handler")

    loop.add_signal_handler(signal.SIGUSR1, handler)
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGUSR1)
        await heard.wait()
        heard.clear()
    loop.remove_signal_handler(signal.SIGUSR1)
