# SPDX-License-Identifier: MIT
"""G5, G10: an error of the body reaches the caller and ends the generator; StopIteration must not leave it."""
# needs: 3.11
from oracle import Oops, say


def fails():
    yield 1
    raise Oops("body")


def stops():
    yield 1
    raise StopIteration


async def main():
    for g in fails(), stops():
        say(next(g))
        try:
            next(g)
        except (Oops, RuntimeError) as e:
            say(e)
        say(next(g, None))
