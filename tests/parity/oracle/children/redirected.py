# SPDX-License-Identifier: MIT
"""Outputs that go into each other, and to nowhere."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from oracle import say


async def main():
    script = "echo one; echo two >&2; echo three"
    p = await asyncio.create_subprocess_exec("sh", "-c", script, stdout=PIPE, stderr=STDOUT)
    out, err = await p.communicate()
    say(out, err or b"")
    p = await asyncio.create_subprocess_exec("sh", "-c", script, stdout=DEVNULL, stderr=PIPE)
    out, err = await p.communicate()
    say(out or b"", err)
    p = await asyncio.create_subprocess_exec("cat", stdin=DEVNULL, stdout=PIPE)
    out, err = await p.communicate()
    say(out, p.returncode)
