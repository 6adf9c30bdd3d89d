# SPDX-License-Identifier: MIT
"""Who writes to a child that has closed its stdin is told."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    p = await asyncio.create_subprocess_exec("sh", "-c", "exec <&-; echo closed; exec sleep 100", stdin=PIPE, stdout=PIPE)
    say(await p.stdout.readline())
    try:
        while True:
            p.stdin.write(b"x" * 100_000)
            await p.stdin.drain()
    except ConnectionError:
        say("write failed")
    p.kill()
    say(await p.stdout.read(), await p.wait())
