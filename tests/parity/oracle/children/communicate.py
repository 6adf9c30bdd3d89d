# SPDX-License-Identifier: MIT
"""Input, both outputs and the code of a child."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    p = await asyncio.create_subprocess_exec("sh", "-c", "cat; echo done >&2; exit 3", stdin=PIPE, stdout=PIPE, stderr=PIPE)
    say(p.returncode)
    out, err = await p.communicate(b"in and out\n")
    say(out, err, p.returncode)
    say(await p.wait())
