# SPDX-License-Identifier: MIT
"""S51: a cancel goes to what the task awaits, however deep, and comes back as its end."""
# needs: 3.11
import asyncio
from oracle import say, tell


async def inner():
    try:
        await asyncio.sleep(1000)
    finally:
        say("inner is cancelled")


async def middle(task):
    try:
        await task
    finally:
        say("middle is cancelled, inner", task.cancelled())


async def main():
    a = asyncio.create_task(inner())
    b = asyncio.create_task(middle(a))
    c = asyncio.create_task(middle(b))
    await asyncio.sleep(1)
    say(c.cancel("all"))
    await tell("outer", c)
    say(a.cancelled(), b.cancelled(), c.cancelled(), a.cancelling(), c.cancelling())
