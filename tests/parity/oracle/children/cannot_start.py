# SPDX-License-Identifier: MIT
"""What cannot be started."""
# on: the machine
# needs: 3.11
import asyncio
from oracle import tell


async def main():
    await tell("missing", asyncio.create_subprocess_exec("/no/such/program"))
    await tell("a file", asyncio.create_subprocess_exec("/etc/passwd"))
    await tell("in PATH", asyncio.create_subprocess_exec("no-such-command-anywhere"))
    await tell("directory", asyncio.create_subprocess_exec("true", cwd="/no/such/directory"))
