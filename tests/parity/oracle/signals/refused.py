# SPDX-License-Identifier: MIT
"""S174: signals that cannot be caught."""
# on: the machine
# needs: 3.11
import asyncio
import os
import signal

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    for number in signal.SIGKILL, signal.SIGSTOP, 0, 1000:
        try:
            loop.add_signal_handler(number, say, "never")
        except (RuntimeError, ValueError) as e:
            say(e)
    say(loop.remove_signal_handler(signal.SIGUSR1))
