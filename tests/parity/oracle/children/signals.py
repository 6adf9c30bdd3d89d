# SPDX-License-Identifier: MIT
"""Terminate, kill and other signals, and what the code is then."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
import signal
from oracle import say


async def end_by(how):
    p = await asyncio.create_subprocess_exec("cat", stdin=PIPE)
    how(p)
    say(await p.wait(), p.returncode)


async def main():
    await end_by(lambda p: p.terminate())
    await end_by(lambda p: p.kill())
    await end_by(lambda p: p.send_signal(signal.SIGUSR1))
    await end_by(lambda p: p.stdin.close())
