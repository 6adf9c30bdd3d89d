# SPDX-License-Identifier: MIT
"""S39: a token leads back to what was before."""
# needs: 3.11
import asyncio
import contextvars
from oracle import say

number = contextvars.ContextVar("number", default=0)


async def work(token):
    try:
        number.reset(token)
    except ValueError as e:
        say(e)


async def main():
    token = number.set(1)
    inner = number.set(2)
    number.reset(inner)
    say(number.get())
    await asyncio.create_task(work(token))
    number.reset(token)
    say(number.get())
    try:
        number.reset(token)
    except RuntimeError as e:
        say(e)
