# SPDX-License-Identifier: MIT
"""S174: a signal of a child wakes the loop that waits for it."""
# on: the machine
# needs: 3.11
import asyncio
import os
import signal

from oracle import say


async def main():
    loop = asyncio.get_running_loop()
    heard = loop.create_future()
    loop.add_signal_handler(signal.SIGUSR1, heard.set_result, "heard")
    p = await asyncio.create_subprocess_shell(f"kill -USR1 {os.getpid()}")
    say(await heard)
    say(await p.wait())
    loop.remove_signal_handler(signal.SIGUSR1)
