#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Instructions, system calls and bytes of one operation, compared with what is stored.

    bench/counts.py check BUILD     exit code 1 when a value is more than 5 % over bench/counts/<compiler>.txt
    bench/counts.py update BUILD    rewrites that file
    bench/counts.py show BUILD      measures and prints

BUILD is a Release build directory whose target nurt_bench_all has been built. 77: it cannot be compared here
(valgrind or strace is missing, or another compiler wrote the file).
"""
import os
import pathlib
import shutil
import subprocess
import sys

import measure
import tls

TOLERANCE = 0.05
# Below this a difference is rounding: a page fault more, one look at the kernel in ten thousand operations.
SLACK = {"instructions": 1.0, "system_calls": 0.002, "bytes": 2.0}
SKIPPED = 77
TOOLS = ("valgrind", "strace", "strip")
# w4 waits for the real clock: how much happens in a turn is chance. w5 is counted in bytes. group throws, which is the
# work of the unwinder and not ours.
UNCOUNTED = ("w4", "w5", "group")
# How many connections share a call to the ring is chance: measured, but neither stored nor compared.
UNSTABLE = ("w6ring",)
SERVERS = (
    ("w6", "nurt_echo", ("epoll",), 64, False),
    ("w6one", "nurt_echo", ("epoll",), 1, False),
    ("w6ring", "nurt_echo", ("uring",), 64, False),
    ("w6onering", "nurt_echo", ("uring",), 1, False),
    ("w6onex", "nurt_echo", ("uring", "exchange"), 1, False),
    ("w7", "nurt_hello", (), 64, True),
)
CLIENTS = (("w8seq", "nurt_client"),)
# Workloads of nurt_outside: what is counted of it on epoll, and how many operations are the fewer and the more. What
# starts a child runs in it as well until that is another program, so only its system calls are counted.
OUTSIDE = {
    "udp": (("instructions", "system_calls"), 1_000, 6_000),
    "udpmany": (("instructions", "system_calls"), 3_200, 32_000),
    "pread": (("instructions", "system_calls"), 1_000, 6_000),
    "pread64": (("system_calls",), 640, 6_400),
    "cat": (("system_calls",), 500, 2_500),
    "spawn": (("system_calls",), 20, 60),
}
# System calls of the client of udp, which is in the same thread.
CLIENT_CALLS = {"udp": 2, "udpmany": 2 / 32}


def count_workloads(build):
    program = build.stripped("nurt_bench")
    for workload in build.workloads():
        if workload not in UNCOUNTED:

            def command(n, workload=workload):
                return [program, workload, str(n)]

            yield f"{workload}.instructions", measure.per_operation(measure.instructions, command)
            yield f"{workload}.system_calls", measure.per_operation(measure.system_calls, command)
    yield "w5.bytes", measure.run_json([program, "w5"])["bytes"]


def count_servers(build):
    generator = build.path("bench_loadgen")
    for workload, name, arguments, connections, http in SERVERS:
        if build.has(name):
            program = build.stripped(name)

            def command(port, program=program, arguments=arguments):
                return [program, str(port), *arguments]

            counters = {"instructions": measure.server_instructions, "system_calls": measure.server_system_calls}
            if "uring" in arguments:
                del counters["instructions"]  # valgrind 3.19 holds back the signal that ends the server
            load = [str(generator), "-c", str(connections), "-s", "64", *["-H"] * http]

            def drive(port, requests, load=load):
                arguments = ["-p", str(port), "-n", str(requests)]
                subprocess.run(load + arguments, capture_output=True, timeout=200, check=True)

            for what, count in counters.items():
                yield f"{workload}.{what}", measure.per_request(count, command, drive)


def count_clients(build):
    for workload, name in CLIENTS:
        if build.has(name):
            program = build.stripped(name)
            with measure.serving(lambda port: [str(build.path("bench_delay_server")), str(port)]) as port:

                def command(n, program=program, port=port):
                    return [program, "seq", str(port), str(n)]

                sizes = {"small": 100, "large": 600}
                yield f"{workload}.instructions", measure.per_operation(measure.instructions, command, **sizes)
                yield f"{workload}.system_calls", measure.per_operation(measure.system_calls, command, **sizes)


def outside_system_calls(build, workload, backend):
    program = build.stripped("nurt_outside")
    _, few, many = OUTSIDE[workload]

    def count(command):
        return measure.system_calls(command, follow=False)

    found = measure.per_operation(count, lambda n: [program, workload, backend, str(n)], few, many)
    return found - CLIENT_CALLS.get(workload, 0)


def count_outside(build):
    if not build.has("nurt_outside"):
        return
    program = build.stripped("nurt_outside")
    for workload, (counted, few, many) in OUTSIDE.items():
        yield f"{workload}.system_calls", outside_system_calls(build, workload, "epoll")
        yield f"{workload}ring.system_calls", outside_system_calls(build, workload, "uring")
        if "instructions" in counted:
            command = lambda n, workload=workload: [program, workload, "epoll", str(n)]
            yield f"{workload}.instructions", measure.per_operation(measure.instructions, command, few, many)


def count_tls(build):
    """An echo of 64 bytes on one connection."""
    if not build.has("nurt_tls_echo") or not shutil.which("openssl"):
        return
    program = build.stripped("nurt_tls_echo")

    def drive(port, requests):
        tls.load(build, port, ["echo", "1", str(requests), "64"])

    with tls.certificate() as files:
        for workload, backend in (("tls", "epoll"), ("tlsring", "uring")):
            command = lambda port, backend=backend: [program, str(port), *files, backend]
            yield f"{workload}.system_calls", measure.per_request(measure.server_system_calls, command, drive, 300, 2_300)
            if backend == "epoll":
                yield f"{workload}.instructions", measure.per_request(measure.server_instructions, command, drive, 300, 2_300)


def count_all(build, quiet=False):
    # On the ring, how many operations share a system call is chance.
    os.environ["NURT_BACKEND"] = "epoll"
    try:
        return count_parts(build, quiet)
    finally:
        del os.environ["NURT_BACKEND"]


def count_parts(build, quiet):
    counted = {}
    for part in (count_workloads, count_servers, count_clients, count_outside, count_tls):
        for name, value in part(build):
            counted[name] = value
            if not quiet:
                print(f"{name:20} {value:10.3f}", flush=True)
    return counted


def stable(counted):
    return {name: value for name, value in counted.items() if name.split(".")[0] not in UNSTABLE}


def stored(file):
    values, version = {}, None
    for line in measure.lines(file):
        if line.startswith("# compiler "):
            version = line.split()[-1]
        elif line and not line.startswith("#"):
            name, value = line.split()
            values[name] = float(value)
    return values, version


def write(file, build, counted):
    head = [
        "# Costs of one operation of bench/nurt_*, Release. Written by `make bench-counts-update`.",
        f"# compiler {build.compiler} {build.version}",
    ]
    rows = [f"{name} {value:.3f}" for name, value in sorted(stable(counted).items())]
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(head + rows) + "\n")


def compare(before, now):
    """Prints what differs; True when nothing is worse."""
    good = True
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            print(f"GONE    {name}: no longer measured; it was {before[name]:.3f}")
            good = False
        elif name not in before:
            print(f"NEW     {name}: {now[name]:.3f} is not stored; run `make bench-counts-update`")
        else:
            slack = max(before[name] * TOLERANCE, SLACK[name.split(".")[1]])
            if now[name] > before[name] + slack:
                print(f"WORSE   {name}: {before[name]:.3f} -> {now[name]:.3f}")
                good = False
            elif now[name] < before[name] - slack:
                print(f"BETTER  {name}: {before[name]:.3f} -> {now[name]:.3f}; run `make bench-counts-update`")
    return good


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("check", "update", "show"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        print("missing: " + " ".join(missing))
        return SKIPPED
    build = measure.programs(pathlib.Path(sys.argv[2]).resolve())
    file = measure.HERE / "counts" / f"{build.compiler}.txt"
    before, version = stored(file)
    if sys.argv[1] == "check" and version and version.split(".")[0] != build.version.split(".")[0]:
        print(f"{file.name} is of {build.compiler} {version}, this is {build.version}")
        return SKIPPED
    now = count_all(build)
    if sys.argv[1] == "update":
        write(file, build, now)
    return 0 if sys.argv[1] != "check" or compare(before, stable(now)) else 1


if __name__ == "__main__":
    sys.exit(main())
