# SPDX-License-Identifier: MIT
"""S124: an event wakes all who wait, in their order, even if it is cleared at once."""
# needs: 3.11
import asyncio
from oracle import say


async def work(event, name):
    await event.wait()
    say(name, event.is_set())


async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(work(event, name)) for name in "abc"]
    await asyncio.sleep(0)
    event.set()
    event.clear()
    say("set and cleared")
    await asyncio.wait(tasks)
    late = asyncio.create_task(work(event, "late"))
    await asyncio.sleep(1)
    event.set()
    await late
    await work(event, "main")
