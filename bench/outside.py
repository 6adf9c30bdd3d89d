#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TLS, datagrams, files, children: what they cost over plain C, in one run. See bench/README.md.

    bench/outside.py BUILD [PART...]     parts: tls udp read random spawn; all of them unless named

BUILD is a Release build directory whose target nurt_bench_all has been built.
OUTSIDE_ROUNDS (5)      samples of nurt, each between two of its floor
OUTSIDE_SECONDS (300)   no further part is begun after this time, and none goes on a minute later
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import counts
import measure
import tls

ROUNDS = int(os.environ.get("OUTSIDE_ROUNDS", "5"))
DEADLINE = time.time() + float(os.environ.get("OUTSIDE_SECONDS", "300"))
TLS_SECONDS = 90
# One processor for both ends: who is woken where is chance otherwise.
PINNED = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]

# What is measured: the limit of the ratio, the kind of time that decides, the backend that it is promised
# for, what it is called in counts.py, and the system calls of the floor.
BOTH = ("epoll", "io_uring")
ROWS = {
    "TLS echo of 64 B, 64 connections": (1.10, "cpu", BOTH, None, None),
    "TLS echo of 16 KiB, 16 connections": (1.10, "cpu", BOTH, None, None),
    "TLS echo of 256 KiB, 1 connection": (1.10, "cpu", BOTH, None, None),
    "TLS handshake": (1.10, "cpu", BOTH, None, None),
    "TLS handshake, resumed": (None, "cpu", BOTH, None, None),
    "batches, 1 at once": (1.10, "cpu", BOTH, None, 3),
    "batches, 32 at once": (1.10, "cpu", BOTH, "udpmany", 3 / 32),
    "one by one, 1 at once": (1.10, "cpu", BOTH, "udp", 3),
    "one by one, 32 at once": (None, "cpu", BOTH, None, 3 / 32),
    "one by one beside one by one, 32 at once": (1.10, "cpu", BOTH, None, 2 + 1 / 32),
    "1024 MiB read": (1.10, "cpu", BOTH, None, None),
    "4 KiB at random, beside 64 threads": (1.00, "wall", ("io_uring",), "pread64", None),
    "4 KiB at random, beside 6 threads": (None, "wall", BOTH, "pread64", None),
    "posix_spawn and waitid": (1.15, "wall", BOTH, None, None),
    "echo by cat, beside one that blocks": (None, "wall", BOTH, "cat", 2),
    "echo by cat, beside epoll": (1.10, "wall", BOTH, "cat", 3),
}
COUNTED = ("udp", "udpmany", "pread64", "cat")


def lines_of(build, program, *arguments, pinned=True):
    command = (PINNED if pinned else []) + [str(build.path(program)), *map(str, arguments)]
    left = max(1, DEADLINE + 60 - time.time())
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=left, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_backend(build, program, *arguments, pinned=True):
    """arguments: a {} among them is the backend."""
    for backend in ("epoll", "uring"):
        yield from lines_of(build, program, *(backend if a == "{}" else a for a in arguments), pinned=pinned)


PARTS = {
    "tls": lambda build: tls.records(build, ROUNDS, PINNED, time.time() + TLS_SECONDS),
    "udp": lambda build: lines_of(build, "nurt_udp", ROUNDS),
    "read": lambda build: by_backend(build, "nurt_files", "read", "{}", ROUNDS),
    "random": lambda build: [
        record
        for threads in (64, 6)
        for record in by_backend(build, "nurt_files", "random", "{}", ROUNDS, 50_000, threads, pinned=False)
    ],
    "spawn": lambda build: by_backend(build, "nurt_spawn", "{}", 2 * ROUNDS),
}


def count(build):
    """System calls of one operation, by name and backend."""
    found = {}
    if all(shutil.which(tool) for tool in counts.TOOLS):
        for name in COUNTED:
            for backend in ("epoll", "uring"):
                key = (name, "io_uring" if backend == "uring" else backend)
                found[key] = counts.outside_system_calls(build, name, backend)
    return found


HEAD = f"{'':42}{'':9}{'':5}{'floor':>10}{'nurt':>10}   ratio (least–most)    noise  limit          calls: nurt, floor"


def row(record, calls):
    what, backend, kind = record["what"], record["backend"], record["kind"]
    limit, decides, promised, name, floor_calls = ROWS[what]
    verdict = ""
    if limit and kind == decides and backend in promised:
        verdict = f"{limit:.2f} {'ok' if record['ratio'] <= limit else 'MISSED'}"
    counted = f"{calls[name, backend]:.3f}" if (name, backend) in calls else ""
    plain = f"{floor_calls:.3f}" if floor_calls else ""
    return (f"{what:42}{backend:9}{kind:5}{record['floor_ns']:10.0f}{record['nurt_ns']:10.0f}   {record['ratio']:.3f} "
            f"({record['least']:.3f}–{record['most']:.3f})   {record['noise']:.3f}  {verdict:12} {counted:>10} {plain:>8}")


def main():
    chosen = sys.argv[2:] or list(PARTS)
    if len(sys.argv) < 2 or any(part not in PARTS for part in chosen):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    build = measure.programs(pathlib.Path(sys.argv[1]).resolve())
    print(f"The world outside, {build.compiler} {build.version}: nanoseconds of one operation, {ROUNDS} rounds")
    calls = count(build)
    print(HEAD, flush=True)
    for part in chosen:
        if time.time() > DEADLINE:
            print(f"{part}: not measured, OUTSIDE_SECONDS is over")
            continue
        try:
            for record in PARTS[part](build):
                if record["kind"] == "cpu" or ROWS[record["what"]][1] == "wall":
                    print(row(record, calls), flush=True)
        except subprocess.TimeoutExpired:
            print(f"{part}: stopped, OUTSIDE_SECONDS is over")
    return 0


if __name__ == "__main__":
    sys.exit(main())
