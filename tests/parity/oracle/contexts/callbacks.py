# SPDX-License-Identifier: MIT
"""S39: callbacks run in a copy of the context in which they were scheduled, or added."""
# needs: 3.11
import asyncio
import contextvars
from oracle import say

number = contextvars.ContextVar("number", default=0)


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    def callback(name):
        say(name, number.get())
        number.set(100)
    number.set(1)
    loop.call_soon(callback, "soon")
    loop.call_later(1, callback, "later")
    future.add_done_callback(lambda f: callback("done"))
    number.set(2)
    future.set_result(None)
    await asyncio.sleep(2)
    say("main", number.get())
