#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs an example and compares what it prints with the block at its end.

    compare.py examples/gather.cpp build/examples/example_gather

The block is the last comment of the source, after a line "// prints:". Lines have to be equal but for
spaces at their ends and for what is different in each run:

  - timestamps (2026-01-14 10:43:57.400390) count from the first one of the output: none may be early,
    and none late by more than LATE seconds;
  - so do seconds after the word "in" (Received [200] in 4.002);
  - ports after 127.0.0.1: and the lengths of drawn lines (three dashes or more) are equal to all others.

An example whose head says `nurt httpbin` is given the URL of a server that answers as httpbin does, but
ten times sooner. One that prints "listening on" is a server: it is given port 0 and gets Ctrl-C.
An example has at most 60 lines.
"""

import http.server
import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from datetime import datetime

LATE = 3.0  # seconds; a busy machine is not a wrong program
EARLY = 0.02
QUICKER = 10
MOST_LINES = 60

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
ELAPSED = re.compile(r"(?<= in )\d+\.\d+")


def expected_lines(source):
    lines = source.rstrip("\n").split("\n")
    if "// prints:" not in lines:
        raise SystemExit("the example does not end with a block `// prints:`")
    block = lines[lines.index("// prints:") + 1 :]
    if not block or not all(line.startswith("//") for line in block):
        raise SystemExit("the block `// prints:` is not the end of the file, or is empty")
    return [line[2:].removeprefix(" ").rstrip() for line in block]


def parts(lines, quicker=1):
    """What has to be equal, and the times in it, in seconds."""
    shapes, times, first = [], [], None
    for line in lines:
        for stamp in TIMESTAMP.findall(line):
            at = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f")
            first = first or at
            times.append((at - first).total_seconds())
        times += [float(elapsed) * quicker for elapsed in ELAPSED.findall(line)]
        shape = ELAPSED.sub("<seconds>", TIMESTAMP.sub("<time>", line))
        shape = re.sub(r"(?<=127\.0\.0\.1:)\d+", "<port>", shape)
        shapes.append(re.sub(r"-{3,}", "---", shape).rstrip())
    return shapes, times


def differences(wanted, got, quicker=1):
    wanted_shapes, wanted_times = parts(wanted)
    shapes, times = parts(got, quicker)
    if shapes != wanted_shapes:
        return "expected:\n  " + "\n  ".join(wanted) + "\nprinted:\n  " + "\n  ".join(got)
    for want, at in zip(wanted_times, times):
        if not want - EARLY <= at <= want + LATE * quicker:
            return f"expected at {want} s, was at {at} s:\n  " + "\n  ".join(got)
    return ""


class QuickHttpbin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path.startswith("/delay/"):
            time.sleep(float(url.path.removeprefix("/delay/")) / QUICKER)
        body = json.dumps({"args": dict(urllib.parse.parse_qsl(url.query))}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Httpbin:
    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), QuickHttpbin)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()


def run(command, interrupt_after=None):
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            head = ""
            if interrupt_after:
                while interrupt_after not in head:
                    line = process.stdout.readline()
                    head += line
                    if not line:
                        break
                process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=50)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise SystemExit(f"exit code {process.returncode}\n{head}{rest}")
    return [line.rstrip() for line in (head + rest).rstrip("\n").split("\n")]


def main():
    source_path, program = sys.argv[1:]
    with open(source_path, encoding="utf-8") as file:
        source = file.read()
    if source.count("\n") > MOST_LINES:
        raise SystemExit(f"{source_path} has more than {MOST_LINES} lines")
    wanted, quicker = expected_lines(source), 1
    if "`nurt httpbin`" in source:
        quicker = QUICKER
        with Httpbin() as url:
            got = run([program, url])
    elif any("listening on" in line for line in wanted):
        got = run([program, "0"], interrupt_after="listening on")
    else:
        got = run([program])
    wrong = differences(wanted, got, quicker)
    if wrong:
        raise SystemExit(wrong)


if __name__ == "__main__":
    main()
