# SPDX-License-Identifier: MIT
"""S171: what a child has written before it ended is read afterwards."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    p = await asyncio.create_subprocess_exec("sh", "-c", "echo first; echo second", stdout=PIPE)
    say(await p.wait())
    say(await p.stdout.readline())
    say(await p.stdout.readline())
    say(await p.stdout.readline(), p.stdout.at_eof())
