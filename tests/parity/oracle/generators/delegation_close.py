# SPDX-License-Identifier: MIT
"""G14: who closes the outer one closes the inner one first."""
# needs: 3.11
from oracle import say


def inner():
    try:
        yield 1
    finally:
        say("inner is closed")


def outer():
    try:
        yield from inner()
    finally:
        say("outer is closed")


async def main():
    g = outer()
    next(g)
    g.close()
    say(next(g, None))
