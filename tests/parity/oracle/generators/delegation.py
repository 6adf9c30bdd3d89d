# SPDX-License-Identifier: MIT
"""G12, G13: values, what is sent and what is thrown go to the innermost; its result is the value of yield from."""
# needs: 3.11
from oracle import Oops, say


def inner():
    try:
        got = yield "inner 1"
        say("inner got", got)
        got = yield "inner 2"
        say("inner got", got)
    except Oops as e:
        say("inner handled", e)
    return 7


def middle():
    return (yield from inner())


def outer():
    say("result", (yield from middle()))
    say("result", (yield from middle()))
    yield "outer"


async def main():
    g = outer()
    say(next(g))
    say(g.send(1))
    say(g.send(2))
    say(g.throw(Oops("thrown")))
    say(next(g, None))
