# SPDX-License-Identifier: MIT
"""S174: a handler runs as a callback, with its arguments, after the step that was interrupted."""
# on: the machine
# needs: 3.11
import asyncio
import os
import signal

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    heard = asyncio.Event()

    def handler(number, text):
        say("handler", number, text)
        heard.set()

    loop.add_signal_handler(signal.SIGUSR1, handler, 7, "seven")
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGUSR1)
        say("killed", heard.is_set())
        await heard.wait()
        heard.clear()
    say(loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR1))
