# SPDX-License-Identifier: MIT
"""What nurt promises of itself, checked at the end of a run.

A count (instructions, system calls, bytes) decides by itself. A ratio of CPU times passes at the target plus
0.08, which is the noise of a shared machine.
"""
NOISE = 0.08

# name, workload, what, limit for g++, limit for clang. "ratio" is CPU time over the floor's.
TARGETS = (
    ("T1  spawn + gather", "w1", "instructions", 330, 330),
    ("T2  spawn + await", "w1b", "instructions", 450, 450),
    ("T3  yield", "w2y", "instructions", 90, 90),
    ("T3  yield", "w2y", "system_calls", 0, 0),
    ("T4  event hand-off", "w2q", "instructions", 140, 140),
    ("T5  nested await", "w3", "instructions", 145, 95),
    ("T6  timers that fire", "w4", "ratio", 1.35, 1.35),
    ("T7  timer and cancel", "w4c", "instructions", 210, 210),
    ("T8  sleeping task", "w5", "bytes", 208, 208),
    ("T9  echo, 64", "w6", "instructions", 350, 350),
    ("T9  echo, 64", "w6", "system_calls", 2.10, 2.10),
    ("T9  echo, 64", "w6", "ratio", 1.03, 1.03),
    ("T10 on io_uring, 64", "w6ring", "system_calls", 0.25, 0.25),
    ("T9  echo, 1 KiB", "w6k", "ratio", 1.03, 1.03),
    ("T9  echo, 1,000", "w6thousand", "ratio", 1.03, 1.03),
    ("T10 on io_uring, 64", "w6ring", "ratio", 0.95, 0.95),
    ("T10 on io_uring, 1 KiB", "w6kring", "ratio", 0.95, 0.95),
    ("T10 on io_uring, 1,000", "w6thousandring", "ratio", 0.95, 0.95),
    ("T11 echo, 1", "w6one", "system_calls", 3.0, 3.0),
    ("T11 on io_uring, 1", "w6onering", "system_calls", 2.05, 2.05),
    ("T11 echo, 1", "w6one", "ratio", 1.05, 1.05),
    ("T11 by exchange", "w6onex", "system_calls", 1.0, 1.0),
    ("T12 echo, 100 KiB", "w6big", "ratio", 1.05, 1.05),
    ("T12 on io_uring", "w6bigring", "ratio", 1.05, 1.05),
    ("    accept and close", "w6come", "ratio", 1.05, 1.05),
    ("    on io_uring", "w6comering", "ratio", 1.05, 1.05),
    ("    idle connection", "idle", "cost", 2048, 2048),
    ("    on io_uring", "idlering", "cost", 1024, 1024),
    ("    name in the cache", "name", "cost", 300, 300),
    ("T13 HTTP hello", "w7", "instructions", 3000, 3000),
    ("T13 HTTP hello", "w7", "system_calls", 2.10, 2.10),
    ("T13 HTTP hello", "w7", "ratio", 1.15, 1.15),
    ("T14 HTTP client", "w8seq", "instructions", 6000, 6000),
    ("T14 HTTP client", "w8seq", "system_calls", 3, 3),
    ("T14 HTTP client", "w8seq", "ratio", 1.4, 1.4),
    ("T15 1,000 at once", "w8fan", "ratio", 1.3, 1.3),
)


def measured(tables, counted, compiler, workload, what):
    if what in ("ratio", "cost"):
        result = tables.get(workload)
        return getattr(result, what)(f"nurt {compiler}") if result else None
    return counted.get(compiler, {}).get(f"{workload}.{what}")


def show(tables, counted):
    print(f"\n{'Targets':24}{'':16}{'limit':>8}{'g++':>10}{'':8}{'limit':>8}{'clang':>10}")
    for name, workload, what, *limits in TARGETS:
        cells = []
        for compiler, limit in zip(("g++", "clang"), limits):
            value = measured(tables, counted, compiler, workload, what)
            if value is None:
                cells.append(f"{limit:>8}{'–':>10}{'':8}")
            else:
                slack = NOISE if what == "ratio" else 0.002
                cells.append(f"{limit:>8}{value:10.2f} {'ok' if value <= limit + slack else 'MISSED':7}")
        if any("–" not in cell for cell in cells):
            print(f"{name:24}{what.replace('_', ' '):16}" + "".join(cells))
