# SPDX-License-Identifier: MIT
"""G2, G3: a yield gives what send brought; before the start nothing can be sent."""
# needs: 3.11
from oracle import say


def average():
    total, count, result = 0, 0, None
    while True:
        value = yield result
        if value is None:
            return count
        total, count = total + value, count + 1
        result = total // count


async def main():
    g = average()
    try:
        g.send(5)
    except TypeError as e:
        say(e)
    say(next(g))
    say(g.send(10), g.send(20), g.send(60))
    try:
        next(g)
    except StopIteration as e:
        say("returned", e.value)
