# SPDX-License-Identifier: MIT
"""A child that cleans up when it is told to end: what it says arrives before its end."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    script = "trap 'echo cleaning; exit 5' TERM; echo ready; while :; do sleep 0.01; done"
    p = await asyncio.create_subprocess_exec("sh", "-c", script, stdout=PIPE)
    say(await p.stdout.readline())
    p.terminate()
    say(await p.stdout.readline())
    say(await p.stdout.read(), await p.wait())
