# SPDX-License-Identifier: MIT
"""S167: communicate does not mind that the child reads nothing."""
# on: the machine
# needs: 3.11
import asyncio
from asyncio.subprocess import PIPE
from oracle import say


async def main():
    # Depending on when "true" ends, Python tells of the broken pipe here as well, or does not.
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    p = await asyncio.create_subprocess_exec("true", stdin=PIPE, stdout=PIPE)
    out, err = await p.communicate(b"x" * 1_000_000)
    say(out, p.returncode)
