#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every name of asyncio.__all__ has its row in docs/from-asyncio.md, and what is said to be here is in a header. Methods of
the loop and of what it makes are mentioned there.

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
iscoroutinefunction isfuture new_event_loop open_connection open_unix_connection print_call_graph run
run_coroutine_threadsafe set_event_loop set_event_loop_policy shield sleep start_server start_unix_server timeout
timeout_at to_thread wait wait_for wrap_future
""".split()

# The public methods of AbstractEventLoop, Server, StreamReader, StreamWriter, subprocess.Process and subprocess itself,
# but those that tie the old layers together (get_loop, set_transport).
METHODS = """
add_reader add_signal_handler add_writer call_at call_exception_handler call_later call_soon call_soon_threadsafe close
connect_accepted_socket connect_read_pipe connect_write_pipe create_connection create_datagram_endpoint create_future
create_server create_task create_unix_connection create_unix_server default_exception_handler get_debug
get_exception_handler get_task_factory getaddrinfo getnameinfo is_closed is_running remove_reader
remove_signal_handler remove_writer run_forever run_in_executor run_until_complete sendfile set_debug
set_default_executor set_exception_handler set_task_factory shutdown_asyncgens shutdown_default_executor sock_accept
sock_connect sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall sock_sendfile sock_sendto start_tls
stop subprocess_exec subprocess_shell time
abort_clients close_clients is_serving serve_forever sockets start_serving wait_closed
at_eof feed_data feed_eof read readexactly readline readuntil set_exception
can_write_eof close drain get_extra_info is_closing transport write write_eof writelines
communicate kill pid returncode send_signal stderr stdin stdout terminate wait PIPE DEVNULL STDOUT
""".split()

KINDS = {"here", "adapted", "coming", "dropped"}


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    headers = "\n".join(path.read_text() for path in sorted(root.glob("nurt/**/*.hpp")))
    text = (root / "docs/from-asyncio.md").read_text()
    rows = re.findall(r"^\| (`[^|]*`) \| (\w+) \| (.*) \|$", text, re.MULTILINE)
    placed = {name: (kind, ours) for names, kind, ours in rows for name in re.findall(r"`(\w+)`", names)}
    failures = [f"{name} has no row" for name in NAMES if name not in placed]
    mentioned = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]*`", text))))
    failures += [f"{name} is not mentioned" for name in METHODS if name not in mentioned]
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
