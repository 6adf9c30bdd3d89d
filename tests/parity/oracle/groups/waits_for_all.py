# SPDX-License-Identifier: MIT
"""S103: the block ends when every task has ended, tasks made by tasks included."""
# needs: 3.11
import asyncio
from oracle import say


async def child(name, delay):
    await asyncio.sleep(delay)
    say(name, "ends")


async def parent(group):
    await asyncio.sleep(1)
    group.create_task(child("grandchild", 3))
    say("parent ends")


async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(parent(group))
        group.create_task(child("child", 2))
        say("body ends")
    say("group ends")
