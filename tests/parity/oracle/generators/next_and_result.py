# SPDX-License-Identifier: MIT
"""G1, G4: next gives the values; what the body returns comes at the end, once."""
# needs: 3.11
from oracle import say


def count():
    say("begins")
    yield 1
    yield 2
    say("ends")
    return "done"


async def main():
    g = count()
    say("made")
    say(next(g), next(g))
    try:
        next(g)
    except StopIteration as e:
        say("returned", e.value)
    say(next(g, None))
