# SPDX-License-Identifier: MIT
"""G11: a generator that is running cannot be asked."""
# needs: 3.11
from oracle import say


def asks_itself(self):
    try:
        next(self[0])
    except ValueError as e:
        say(e)
    yield 1


async def main():
    self = []
    self.append(asks_itself(self))
    say(next(self[0]))
