# SPDX-License-Identifier: MIT
"""A child is talked to line by line, until its stdin is closed."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    p = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    for line in b"one\n", b"two\n":
        p.stdin.write(line)
        await p.stdin.drain()
        say(await p.stdout.readline(), p.returncode)
    p.stdin.write(b"rest")
    p.stdin.close()
    say(await p.stdout.readline())
    say(await p.stdout.readline(), p.stdout.at_eof())
    say(await p.wait())
