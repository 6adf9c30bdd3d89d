# SPDX-License-Identifier: MIT
"""A1: a generator that never waits takes no turn."""
# needs: 3.11
from oracle import say, turns


async def count():
    for i in range(100):
        yield i


async def main():
    before, total = turns(), 0
    async for i in count():
        total += i
    say(total, turns() - before)
