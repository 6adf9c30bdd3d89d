# SPDX-License-Identifier: MIT
"""S95: of nested timeouts with one deadline the outer one makes the error."""
# needs: 3.11
import asyncio
from oracle import say


async def main():
    when = asyncio.get_running_loop().time() + 1
    try:
        async with asyncio.timeout_at(when) as outer:
            try:
                async with asyncio.timeout_at(when) as inner:
                    await asyncio.sleep(10)
            except BaseException as e:
                say("inner", e)
                raise
    except BaseException as e:
        say("outer", e)
    say(outer.expired(), asyncio.current_task().cancelling())
