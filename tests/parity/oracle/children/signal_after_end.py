# SPDX-License-Identifier: MIT
"""S170: a signal for a child that has ended."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import say


async def main():
    p = await asyncio.create_subprocess_exec("true")
    say(await p.wait())
    for send in p.terminate, p.kill, lambda: p.send_signal(0):
        try:
            send()
        except ProcessLookupError as e:
            say(e)
