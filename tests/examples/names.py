#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every name of asyncio.__all__ has its row in docs/from-asyncio.md, and what is said to be here is in a header.

names.py ROOT
"""
import pathlib
import re
import sys

# asyncio.__all__ of CPython 3.14.
NAMES = """
ALL_COMPLETED AbstractEventLoop AbstractServer Barrier BaseEventLoop BaseProtocol BaseTransport BoundedSemaphore
BrokenBarrierError BufferedProtocol CancelledError Condition DatagramProtocol DatagramTransport Event EventLoop
FIRST_COMPLETED FIRST_EXCEPTION FrameCallGraphEntry Future FutureCallGraph Handle IncompleteReadError
InvalidStateError LifoQueue LimitOverrunError Lock PriorityQueue Protocol Queue QueueEmpty QueueFull QueueShutDown
ReadTransport Runner SelectorEventLoop Semaphore SendfileNotAvailableError Server StreamReader StreamReaderProtocol
StreamWriter SubprocessProtocol SubprocessTransport Task TaskGroup Timeout TimeoutError TimerHandle Transport
WriteTransport _enter_task _get_running_loop _leave_task _register_task _set_running_loop _unregister_task all_tasks
as_completed capture_call_graph create_eager_task_factory create_subprocess_exec create_subprocess_shell create_task
current_task eager_task_factory ensure_future format_call_graph future_add_to_awaited_by
future_discard_from_awaited_by gather get_event_loop get_event_loop_policy get_running_loop iscoroutine
iscoroutinefunction isfuture new_event_loop open_connection print_call_graph run run_coroutine_threadsafe
set_event_loop set_event_loop_policy shield sleep start_server timeout timeout_at to_thread wait wait_for wrap_future
""".split()

KINDS = {"here", "adapted", "coming", "dropped"}


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    headers = "\n".join(path.read_text() for path in sorted(root.glob("nurt/**/*.hpp")))
    text = (root / "docs/from-asyncio.md").read_text()
    rows = re.findall(r"^\| (`[^|]*`) \| (\w+) \| (.*) \|$", text, re.MULTILINE)
    placed = {name: (kind, ours) for names, kind, ours in rows for name in re.findall(r"`(\w+)`", names)}
    failures = [f"{name} has no row" for name in NAMES if name not in placed]
    failures += [f"{name} is no name of asyncio" for name in placed if name not in NAMES]
    for name, (kind, ours) in placed.items():
        if kind not in KINDS:
            failures.append(f"{name}: {kind} is none of {sorted(KINDS)}")
        first = re.search(r"`(\w+)", ours)
        if kind == "here" and (not first or not re.search(rf"\b{first[1]}\b", headers)):
            failures.append(f"{name}: {ours} is in no header")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
