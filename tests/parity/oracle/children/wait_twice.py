# SPDX-License-Identifier: MIT
"""S167: several tasks wait for one child, and somebody waits again."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say, tell


async def main():
    p = await asyncio.create_subprocess_exec("sh", "-c", "read code; exit $code", stdin=PIPE)
    say("pid", p.pid > 0, p.returncode)
    first = asyncio.create_task(tell("first", p.wait()))
    second = asyncio.create_task(tell("second", p.wait()))
    await asyncio.sleep(0)
    p.stdin.write(b"7\n")
    await first
    await second
    await tell("third", p.wait())
    say(p.returncode)
