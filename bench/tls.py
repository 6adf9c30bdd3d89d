#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What TLS costs over OpenSSL on a bare epoll loop, CPU time of the servers, paired.

    tls.py BUILD [ROUNDS]     BUILD/bench has nurt_tls_echo, bench_tls_epoll and bench_tls_load

Every sample of ours stands between two of the floor; the ratio is the median over the rounds, and the floor is
compared with itself in the same way, which shows the noise.
"""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

WORK = {
    "echo 64 B, 64 connections": ["echo", "64", "400", "64"],
    "echo 16 KiB, 16 connections": ["echo", "16", "150", "16384"],
    "echo 256 KiB, 1 connection": ["echo", "1", "150", "262144"],
    "full handshake": ["handshake", "500", "full"],
    "resumed handshake": ["handshake", "500", "resume"],
}


def cpu(pid):
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def main():
    bench = pathlib.Path(sys.argv[1]) / "bench"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    with tempfile.TemporaryDirectory() as folder:
        chain, key = f"{folder}/chain.pem", f"{folder}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=localhost", "-keyout", key, "-out", chain], check=True, capture_output=True)
        kinds = {"floor": [f"{bench}/bench_tls_epoll"], "floor again": [f"{bench}/bench_tls_epoll"],
                 "nurt epoll": [f"{bench}/nurt_tls_echo"], "nurt uring": [f"{bench}/nurt_tls_echo"]}
        servers = {}
        try:
            for port, (name, command) in enumerate(kinds.items(), 18443):
                extra = [name.split()[1]] if name.startswith("nurt") else []
                servers[name] = port, subprocess.Popen([*command, str(port), chain, key, *extra])
            time.sleep(0.5)
            for work, arguments in WORK.items():
                report(work, arguments, servers, f"{bench}/bench_tls_load", rounds)
        finally:
            for _, server in servers.values():
                server.terminate()
                server.wait()


def report(work, arguments, servers, load, rounds):
    def sample(name):
        port, server = servers[name]
        before = cpu(server.pid)
        subprocess.run([load, arguments[0], str(port), *arguments[1:]], check=True)
        return cpu(server.pid) - before
    for name in servers:
        sample(name)
    ratios = {name: [] for name in servers if name != "floor"}
    floors = [sample("floor")]
    for _ in range(rounds):
        for name, found in ratios.items():
            middle = sample(name)
            floors.append(sample("floor"))
            found.append(2 * middle / (floors[-2] + floors[-1]))
    print(f"{work:32} floor {statistics.median(floors) / 1e6:7.1f} ms", end="")
    print("".join(f"   {name} {statistics.median(found):.3f}" for name, found in ratios.items()), flush=True)


main()
