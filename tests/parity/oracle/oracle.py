#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/parity/oracle/oracle.py: runs small asyncio programs and prints their traces.

Each program is written twice: THEME/NAME.py for asyncio, and a function of the same name in THEME.cpp for nurt. Both
say() what happens, and the two traces have to be equal line by line.

Time is virtual, so nothing sleeps. A line begins with the turn of the loop, counted
from the first step of main, until the clock moves for the first time, and with the time from then on: a timer takes one
turn more in asyncio than in nurt, and nobody can see that but by counting. What asyncio keeps in sets (the tasks of a
group) must not be seen in a trace: their order is by chance.

Programs about sockets, children and signals run on the machine. Their lines have no stamp, and what they do fixes the
order: nothing in them may depend on how fast something is.

THEME/NAME.trace is what CPython said (record.sh): 3.14 in virtual time, and on the machine the one that is named in
recorded-with, since the 3.14 that record.sh uses has neither sockets nor children. The head of a program may have
these comments:
  # needs: 3.11       the first version of CPython that says the same; without it, 3.14
  # on: the machine   not in virtual time
  # differs: D3       nurt differs on purpose: NAME.nurt has both traces in one, as a diff

  oracle.py run THEME/NAME...  prints traces
  oracle.py check              compares those programs that this Python serves with what was recorded
  oracle.py record             writes the traces in virtual time anew; by CPython 3.14
  oracle.py record-machine     writes those on the machine anew
"""
import asyncio
import errno
import gc
import importlib.util
import pathlib
import re
import signal
import sys

FOLDER = pathlib.Path(__file__).resolve().parent


class Oops(Exception):
    """The error of the programs' own."""


class Selector:
    """Waits by moving the clock of its loop to the next timer."""

    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("deadlock: nothing is ready and no timer is set")
        if timeout > 0:
            self.loop.now = max(self.loop.now, self.loop._scheduled[0]._when)
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self.now = 0.0
        self.turns = 0
        self.first_turn = None
        self._clock_resolution = 1e-9
        self._selector = Selector(self)

    def time(self):
        return self.now

    def _run_once(self):
        self.turns += 1
        super()._run_once()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass


class MachineLoop(asyncio.SelectorEventLoop):
    """The machine's clock, sockets and children."""


lines = []
the_loop = None


def text(value):
    if isinstance(value, BaseException):
        return error_text(value)
    if isinstance(value, (list, tuple)):
        inside = ", ".join(text(v) for v in value)
        return "[" + inside + "]"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (bytes, bytearray)):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return value.replace("\r", "\\r").replace("\n", "\\n") or "''"
    return str(value)


def error_text(error):
    """The type, and the message where it is the program's and not the library's."""
    if isinstance(error, BaseExceptionGroup):
        return "ExceptionGroup" + text(list(error.exceptions))
    if isinstance(error, (Oops, asyncio.CancelledError)):
        return type(error).__name__ + "".join(f"({a})" for a in error.args if a)
    if isinstance(error, asyncio.IncompleteReadError):
        return f"IncompleteReadError({text(error.partial)}, {error.expected})"
    if isinstance(error, asyncio.LimitOverrunError):
        return f"LimitOverrunError({error.consumed})"
    if isinstance(error, (RuntimeError, ValueError, TypeError)) and not isinstance(error, asyncio.BrokenBarrierError):
        return "misuse"
    if type(error) is OSError:
        return f"OSError({errno.errorcode[error.errno]})"
    return type(error).__name__


def stamp():
    if isinstance(the_loop, MachineLoop):
        return []
    moved = the_loop.now > 0
    return [f"{the_loop.now:.6g}s" if moved else f"t{the_loop.turns - the_loop.first_turn}"]


def say(*what):
    lines.append(" ".join([*stamp(), *(text(w) for w in what)]))


def turns():
    """Turns of the loop since main began."""
    return the_loop.turns - the_loop.first_turn


async def tell(name, awaitable):
    """Awaits it and says how that ended."""
    try:
        say(name, await awaitable)
    except BaseException as error:
        say(name, error)


def reported(loop, context):
    say("reported:", context.get("exception") or context["message"])


async def begin(main):
    if isinstance(the_loop, VirtualLoop):
        the_loop.first_turn = the_loop.turns
    await main()


def run(path):
    """The trace of one program."""
    global the_loop
    lines.clear()
    machine = on_the_machine(path)
    the_loop = MachineLoop() if machine else VirtualLoop()
    if machine:
        signal.alarm(30)
    the_loop.set_exception_handler(reported)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with asyncio.Runner(loop_factory=lambda: the_loop) as runner:
        try:
            runner.run(begin(module.main))
            lines.append("main ended")
        except BaseException as error:
            if isinstance(error, RuntimeError) and "deadlock" in str(error):
                raise
            lines.append("main raised " + text(error))
        gc.collect()
    if machine:
        signal.alarm(0)
    return "".join(line + "\n" for line in lines)


def programs():
    return sorted(FOLDER.glob("*/*.py"))


def needs(path):
    found = re.search(r"^# needs: (\d+)\.(\d+)$", path.read_text(), re.M)
    return (int(found[1]), int(found[2])) if found else (3, 14)


def on_the_machine(path):
    return re.search(r"^# on: the machine$", path.read_text(), re.M) is not None


def check():
    wrong = served = 0
    for path in programs():
        if sys.version_info[:2] < needs(path):
            continue
        served += 1
        got = run(path)
        if got != path.with_suffix(".trace").read_text():
            wrong += 1
            print(f"{path}: this Python says\n{got}and recorded is\n{path.with_suffix('.trace').read_text()}")
    print(f"{served} of {len(programs())} programs compared, {wrong} differ")
    return 1 if wrong or not served else 0


def record(machine):
    assert machine or sys.version_info[:2] == (3, 14), sys.version
    for path in programs():
        if on_the_machine(path) == machine:
            assert not machine or sys.version_info[:2] >= needs(path), path
            path.with_suffix(".trace").write_text(run(path))
    version = ".".join(str(n) for n in sys.version_info[:3])
    where = "on the machine" if machine else "in virtual time"
    file = FOLDER / "recorded-with"
    others = [line for line in file.read_text().splitlines() if not line.startswith(where)]
    file.write_text("".join(line + "\n" for line in sorted([*others, f"{where}: CPython {version}"])))
    return 0


def main(arguments):
    asyncio._set_running_loop(None)  # a host that has a loop of its own, as Pyodide
    if arguments[:1] == ["run"] and len(arguments) > 1:
        for path in programs():
            if f"{path.parent.name}/{path.stem}" in arguments[1:]:
                print(run(path), end="")
        return 0
    if arguments == ["check"]:
        return check()
    if arguments in (["record"], ["record-machine"]):
        return record(machine=arguments == ["record-machine"])
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.path.insert(0, str(FOLDER))
    import oracle  # the programs import it by this name

    sys.exit(oracle.main(sys.argv[1:]))
