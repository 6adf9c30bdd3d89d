# SPDX-License-Identifier: MIT
"""G8, G9: close ends the body at its yield."""
# needs: 3.13
from oracle import say


def cleans():
    try:
        yield 1
    finally:
        say("cleans up")


def returns():
    try:
        yield 1
    except GeneratorExit:
        return "value"


def ignores():
    try:
        yield 1
    except GeneratorExit:
        yield 2
    say("ends")


async def main():
    g = cleans()
    g.close()
    say("unstarted:", next(g, None))
    g = cleans()
    next(g)
    g.close()
    g.close()
    say(next(g, None))
    g = returns()
    next(g)
    say(g.close(), g.close())
    g = ignores()
    next(g)
    try:
        g.close()
    except RuntimeError as e:
        say(e)
    say(next(g, None))
