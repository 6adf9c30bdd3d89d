# SPDX-License-Identifier: MIT
"""What TLS costs over OpenSSL on a bare epoll loop: CPU time of the servers, paired.

Every sample of ours stands between two of the floor, `peers/raw/tls_epoll.c`.
"""
import contextlib
import pathlib
import statistics
import subprocess
import tempfile
import time

import measure

# What the load generator is told: work, then connections, messages and bytes, or handshakes.
WORK = {
    "TLS echo of 64 B, 64 connections": ["echo", "64", "300", "64"],
    "TLS echo of 16 KiB, 16 connections": ["echo", "16", "100", "16384"],
    "TLS echo of 256 KiB, 1 connection": ["echo", "1", "100", "262144"],
    "TLS handshake": ["handshake", "300", "full"],
    "TLS handshake, resumed": ["handshake", "300", "resume"],
}


def operations(arguments):
    return int(arguments[1]) * (int(arguments[2]) if arguments[0] == "echo" else 1)


@contextlib.contextmanager
def certificate():
    """Gives the files of a certificate chain and its key."""
    with tempfile.TemporaryDirectory(prefix="nurt-bench-") as folder:
        chain, key = f"{folder}/chain.pem", f"{folder}/key.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        subprocess.run(command + ["-subj", "/CN=localhost", "-keyout", key, "-out", chain], check=True, capture_output=True)
        yield chain, key


def cpu(pid):
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def load(build, port, arguments):
    command = [str(build.path("bench_tls_load")), arguments[0], str(port), *arguments[1:]]
    subprocess.run(command, check=True, timeout=120)


def records(build, rounds, through=(), until=float("inf")):
    """Records as bench/paired.hpp prints them. through: a command that starts the servers, to pin them. After the time
    until there is only one round of each."""
    with contextlib.ExitStack() as running, certificate() as files:

        def start(program, *more):
            path = str(build.path(program))
            return running.enter_context(measure.serving(lambda port: [path, str(port), *files, *more], through, pid=True))

        servers = {"floor": start("bench_tls_epoll")}
        servers |= {backend: start("nurt_tls_echo", backend) for backend in ("epoll", "uring")}
        for work, arguments in WORK.items():
            yield from compare(build, work, arguments, servers, rounds, until)


def compare(build, work, arguments, servers, rounds, until):
    def sample(name):
        port, pid = servers[name]
        before = cpu(pid)
        load(build, port, arguments)
        return (cpu(pid) - before) / operations(arguments)

    for name in servers:
        sample(name)
    ours = {name: [] for name in servers if name != "floor"}
    ratios = {name: [] for name in ours}
    floors = [sample("floor")]
    noise = []
    for number in range(rounds):
        if number and time.time() > until:
            break
        for name in ours:
            ours[name].append(sample(name))
            floors.append(sample("floor"))
            ratios[name].append(2 * ours[name][-1] / (floors[-2] + floors[-1]))
            noise.append(max(floors[-2:]) / min(floors[-2:]))
    for name, found in ratios.items():
        yield {
            "what": work, "backend": "io_uring" if name == "uring" else name, "kind": "cpu",
            "floor_ns": statistics.median(floors), "nurt_ns": statistics.median(ours[name]),
            "least": min(found), "ratio": statistics.median(found), "most": max(found),
            "noise": statistics.median(noise),
        }
