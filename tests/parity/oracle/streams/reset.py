# SPDX-License-Identifier: MIT
"""An error of the connection is told to who waits, and to everybody after that."""
# needs: 3.11
import asyncio
from oracle import tell


async def main():
    reader = asyncio.StreamReader()
    task = asyncio.create_task(tell("waiting", reader.readline()))
    await asyncio.sleep(1)
    reader.set_exception(ConnectionResetError())
    await task
    await tell("later", reader.read(1))
    await tell("exactly", reader.readexactly(1))
