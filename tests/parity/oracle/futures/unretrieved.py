# SPDX-License-Identifier: MIT
"""S26: an error that nobody asks for is reported when the future goes; asking, or cancelling, silences it."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    future.set_exception(Oops("nobody asks"))
    say("drops it")
    del future
    future = loop.create_future()
    future.set_exception(Oops("somebody asks"))
    say(future.exception())
    del future
    say("main")
