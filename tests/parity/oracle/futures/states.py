# SPDX-License-Identifier: MIT
"""S22: a future is settled once, and asked for its result when it is."""
# needs: 3.11
import asyncio
from oracle import Oops, say


async def main():
    loop = asyncio.get_running_loop()
    def attempt(name, action):
        try:
            say(name, action())
        except BaseException as e:
            say(name, e)
    future = loop.create_future()
    attempt("result of pending:", future.result)
    attempt("exception of pending:", future.exception)
    future.set_result(1)
    attempt("result:", future.result)
    attempt("exception:", future.exception)
    attempt("second result:", lambda: future.set_result(2))
    attempt("exception after result:", lambda: future.set_exception(Oops("late")))
    say("cancel:", future.cancel(), future.cancelled())
    failed = loop.create_future()
    failed.set_exception(Oops("failed"))
    attempt("result of failed:", failed.result)
    attempt("exception of failed:", failed.exception)
    cancelled = loop.create_future()
    say("cancel:", cancelled.cancel("enough"), cancelled.cancelled(), cancelled.done())
    say("cancel again:", cancelled.cancel())
    attempt("result of cancelled:", cancelled.result)
    attempt("exception of cancelled:", cancelled.exception)
    attempt("result after cancel:", lambda: cancelled.set_result(1))
