# SPDX-License-Identifier: MIT
"""G5, G6, G7: what is thrown in comes out at the yield, or at the caller."""
# needs: 3.11
from oracle import Oops, say


def stubborn():
    say("begins")
    while True:
        try:
            yield "value"
        except Oops as e:
            say("handled", e)
            yield "handled"


def weak():
    yield 1
    say("never said")


async def main():
    g = stubborn()
    say(next(g), g.throw(Oops("one")), next(g))
    for g, started in (weak(), True), (weak(), False):
        if started:
            say(next(g))
        for _ in range(2):
            try:
                g.throw(Oops("two"))
            except Oops as e:
                say("came out", e)
        say(next(g, None))
