# SPDX-License-Identifier: MIT
"""What counts.py and run share: programs, instructions and system calls of one operation.

Counts do not depend on the load of the machine: the same work is done in two sizes, and the difference is
divided by the difference of the sizes, so that what a program does once drops out.
"""
import contextlib
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SMALL, LARGE = 10_000, 60_000  # operations, in the workloads without a network
FEW, MANY = 2_000, 22_000  # requests, with one


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def compiler_of(build):
    """(short name, version) of the compiler of a build directory: ("g++", "12.2.0")."""
    for file in (build / "CMakeFiles").glob("*/CMakeCXXCompiler.cmake"):
        text = file.read_text()
        family = re.search(r'CMAKE_CXX_COMPILER_ID "(\w+)"', text)[1]
        version = re.search(r'CMAKE_CXX_COMPILER_VERSION "([\d.]+)"', text)[1]
        return ("clang" if family == "Clang" else "g++"), version
    raise SystemExit(f"{build} is no build directory")


class programs:
    """The programs of a build, without debug information: valgrind 3.19 cannot read clang 19's."""

    def __init__(self, build):
        self.build = pathlib.Path(build)
        self.compiler, self.version = compiler_of(self.build)
        self.scratch = tempfile.TemporaryDirectory(prefix="nurt-bench-")

    def path(self, name):
        return self.build / "bench" / name

    def has(self, name):
        return self.path(name).exists()

    def stripped(self, name):
        copy = pathlib.Path(self.scratch.name) / name
        if not copy.exists():
            subprocess.run(["strip", "-g", "-o", copy, self.path(name)], check=True)
        return str(copy)

    def workloads(self):
        said = subprocess.run([self.path("nurt_bench")], capture_output=True, text=True).stderr
        return said.split("workloads:")[1].split()


def run_json(command, timeout=150, **more):
    """The last line that a benchmark program prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True, **more)
    return json.loads(done.stdout.strip().splitlines()[-1])


# --- instructions, and system calls, of a program that ends by itself


def instructions(command):
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(tool + command, capture_output=True, text=True, timeout=300)
    return collected(done.stderr)


def collected(said):
    found = re.search(r"Collected : (\d+)", said)
    if not found:
        raise RuntimeError("callgrind counted nothing:\n" + said[-500:])
    return int(found[1])


def system_calls(command, follow=True):
    """follow: those of its threads and children as well."""
    with tempfile.NamedTemporaryFile("r") as out:
        tool = ["strace", *["-f"] * follow, "-c", "-o", out.name]
        subprocess.run(tool + command, capture_output=True, timeout=300, check=True)
        return total_calls(out.read())


def total_calls(summary):
    found = re.search(r"^[\d. ]*?(\d+)(?: +\d+)? total$", summary, re.M)
    if not found:
        raise RuntimeError("strace counted nothing:\n" + summary[-500:])
    return int(found[1])


def per_operation(count, command, small=SMALL, large=LARGE):
    """command is a function of the number of operations."""
    return (count(command(large)) - count(command(small))) / (large - small)


# --- the same of servers


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process, seconds=20):
    end = time.time() + seconds
    while time.time() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    raise RuntimeError("the server does not listen")


def child_of(pid):
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


@contextlib.contextmanager
def serving(command, through=(), traced=False, pid=False):
    """Runs a server; its command is a function of the port. Gives the port, or (port, pid); SIGTERM at the end."""
    port = free_port()
    process = subprocess.Popen(list(through) + command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        yield (port, process.pid) if pid else port
    finally:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            os.kill(child_of(process.pid) if traced else process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def idle_bytes(command, connections=10_000):
    """User memory that a server has for each connection that has exchanged a message and is idle.

    The connections are this process's, so that no limit of descriptors is for both ends. The first ones pay for what
    all of them share, and are not counted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with contextlib.ExitStack() as kept, serving(command, pid=True) as (port, pid):
        for number in range(500 + connections):
            if number == 500:
                before = private_bytes(pid)
            s = kept.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            s.sendall(b"hello")
            if s.recv(5) != b"hello":
                raise RuntimeError("no echo")
        each = (private_bytes(pid) - before) / connections
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return {"w": "idle", "bytes": each}


def private_bytes(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(n) * 1024 for n in re.findall(r"^Private_\w+: +(\d+) kB", text, re.M))


# command is a function of the port, load a function of the port and the number of requests.


def server_instructions(command, load, requests):
    with tempfile.NamedTemporaryFile("r") as log:
        tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log.name}"]
        with serving(command, tool) as port:
            load(port, requests)
        return collected(log.read())


def server_system_calls(command, load, requests):
    with tempfile.NamedTemporaryFile("r") as out:
        with serving(command, ["strace", "-f", "-c", "-o", out.name], traced=True) as port:
            load(port, requests)
        return total_calls(out.read())


def per_request(count, command, load, few=FEW, many=MANY):
    return (count(command, load, many) - count(command, load, few)) / (many - few)
