# SPDX-License-Identifier: MIT
"""S167: communicate without input, of a child that has ended, and again."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    p = await asyncio.create_subprocess_exec("echo", "hello", stdout=PIPE)
    say(await p.wait())
    out, err = await p.communicate()
    say(out, err or b"", p.returncode)
    out, err = await p.communicate()
    say(out, err or b"", p.returncode)
