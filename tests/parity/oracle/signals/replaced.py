# SPDX-License-Identifier: MIT
"""S174: a second handler takes the place of the first, and signals do not disturb each other."""
# on: the machine
# needs: 3.11
import asyncio
import os
import signal

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    heard = asyncio.Queue()
    loop.add_signal_handler(signal.SIGUSR1, heard.put_nowait, "first")
    loop.add_signal_handler(signal.SIGUSR1, heard.put_nowait, "second")
    loop.add_signal_handler(signal.SIGUSR2, heard.put_nowait, "other")
    for number in signal.SIGUSR1, signal.SIGUSR2, signal.SIGUSR1:
        os.kill(os.getpid(), number)
        say(await heard.get())
    say(loop.remove_signal_handler(signal.SIGUSR1))
    os.kill(os.getpid(), signal.SIGUSR2)
    say(await heard.get(), heard.empty())
    loop.remove_signal_handler(signal.SIGUSR2)
