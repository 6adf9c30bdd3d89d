# SPDX-License-Identifier: MIT
"""S167: a wait that is cancelled leaves the child and the others alone."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say, tell


async def main():
    p = await asyncio.create_subprocess_exec("cat", stdin=PIPE)
    first = asyncio.create_task(tell("first", p.wait()))
    second = asyncio.create_task(tell("second", p.wait()))
    await asyncio.sleep(0)
    first.cancel("enough")
    await first
    say(p.returncode, second.done())
    p.stdin.close()
    await second
    say(p.returncode)
