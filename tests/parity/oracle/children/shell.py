# SPDX-License-Identifier: MIT
"""A command of the shell."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    p = await asyncio.create_subprocess_shell("echo $((6 * 7)); exit 4", stdout=PIPE)
    out, err = await p.communicate()
    say(out, p.returncode)
    p = await asyncio.create_subprocess_shell("no-such-command-anywhere 2>&1 | grep -c found; kill -9 $$", stdout=PIPE)
    out, err = await p.communicate()
    say(out, p.returncode)
