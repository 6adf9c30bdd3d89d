# SPDX-License-Identifier: MIT
"""S35: names are numbers in the order of their making, or given, and may change."""
# needs: 3.11
import asyncio
from oracle import say


async def who():
    return asyncio.current_task().get_name()


async def main():
    main_number = int(asyncio.current_task().get_name().removeprefix("Task-"))
    a, b = asyncio.create_task(who()), asyncio.create_task(who(), name="berta")
    c = asyncio.create_task(who())
    say("a", int(a.get_name().removeprefix("Task-")) - main_number, "b", b.get_name())
    c.set_name("caesar")
    await a
    say(await b, await c)
