# SPDX-License-Identifier: MIT
"""The directory and the environment of a child."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    script = "pwd; echo $COLOUR; echo ${HOME-no home}"
    p = await asyncio.create_subprocess_exec("sh", "-c", script, stdout=PIPE, cwd="/usr", env={"COLOUR": "green"})
    out, err = await p.communicate()
    say(out)
