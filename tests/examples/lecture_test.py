#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`nurt lecture` and what is around it, as a user meets it.

    lecture_test.py build/nurt [TestClass]

The comparison runs over real HTTP with a twentieth of its delays.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

NURT = sys.argv.pop(1)
SCALE = 0.05  # delays of 50, 100, 150 and 200 ms
QUIET = {**os.environ, "LC_ALL": "C", "NO_COLOR": "1"}


def nurt(*arguments, **environment):
    return subprocess.run(
        [NURT, *arguments], capture_output=True, text=True, env=QUIET | environment, timeout=60
    )


def children_of(pid):
    """Of the process and, once it has ended, of nobody: what still says that it belongs to it."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
        except OSError:
            continue
        if words[1:3] == [b"--end-with", str(pid).encode()]:
            found.append(words[3].decode())
    return sorted(found)


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


class Words(unittest.TestCase):
    def test_list_names_every_cell_and_what_is_missing(self):
        listed = nurt("lecture", "--list")
        self.assertEqual(listed.returncode, 0)
        cells = {line.split()[0]: line for line in listed.stdout.splitlines()[2:]}
        self.assertEqual(
            list(cells),
            "2.1 2.2 2.3 2.4 2.5 2.6.1 2.6.2 3 3.1.1 3.1.2 3.1.3 3.2 3.3 3.4"
            " 4.1 4.2 4.2.1 4.3 4.3.1 4.4 4.5 5".split(),
        )
        for number, line in cells.items():
            self.assertRegex(line, rf"nurt lecture {re.escape(number)}$|needs: \w")

    def test_a_cell_runs(self):
        self.assertEqual(nurt("lecture", "3.1.1").stdout, "1\n2\n3\n")
        self.assertEqual(nurt("lecture", "3.1.3").stdout, "Using for loop: \n1\n2\n3\n4\n")

    def test_two_coroutines_take_the_time_of_one(self):
        start = time.monotonic()
        lines = nurt("lecture", "4.2.1").stdout.splitlines()
        self.assertEqual([line[27:] for line in lines], ["1: Daft", "2: Daft", "1: Academy", "2: Academy"])
        self.assertTrue(2 <= time.monotonic() - start < 3.9)

    def test_processes_threads_and_tasks_are_compared(self):
        answer = nurt("lecture", "2.5")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertLessEqual(max(map(len, answer.stdout.splitlines())), 88)
        rows = re.findall(r"^(process|thread|task) +(\d+) +([\d.]+) (\w+) ", answer.stdout, re.M)
        self.assertEqual([(kind, int(n)) for kind, n, *_ in rows],
                         [(kind, n) for kind in ("process", "thread", "task") for n in (10, 100, 1000)])
        unit = {"us": 1, "ms": 1000, "s": 1_000_000}
        process, thread, task = (float(rows[i][2]) * unit[rows[i][3]] for i in (2, 5, 8))
        self.assertGreater(process, thread)  # of a thousand each
        self.assertGreater(thread, task)

    def test_two_loops_do_the_same_job(self):
        answer = nurt("lecture", "3")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertLessEqual(max(map(len, answer.stdout.splitlines())), 80)
        if "are not counted" in answer.stdout or "no io_uring" in answer.stdout:
            self.skipTest("tracing or io_uring is forbidden here")
        rows = {}
        for name, *numbers in re.findall(r"^ *(\S.*?) {2,}(\d+) +(\d+)$", answer.stdout, re.M):
            rows[name] = tuple(map(int, numbers))
        reactive, proactive = rows["system calls"]
        self.assertGreater(reactive, 4 * 10_000 * 0.9)  # both ends of a message read and write it
        self.assertLess(proactive, reactive / 4)
        self.assertEqual(rows["all of it: io_uring_enter"][0], 0)
        self.assertEqual(rows["wait: epoll_pwait2"][1], 0)
        self.assertEqual(sum(r for n, (r, _) in rows.items() if n != "system calls"), reactive)

    def test_a_cell_that_is_not_there_or_needs_more(self):
        for cell, words in ("9.9", "no cell 9.9"), ("5", "needs what nurt does not have yet: web applications"):
            answer = nurt("lecture", cell)
            self.assertEqual(answer.returncode, 1)
            self.assertIn(words, answer.stderr)
            self.assertEqual(answer.stdout, "")

    def test_wrong_usage(self):
        for words in [], ["frob"], ["lecture", "--frob"], ["lecture", "--svg"], ["get"], ["httpbin", "--port", "x"]:
            answer = nurt(*words)
            self.assertEqual(answer.returncode, 2, words)
            self.assertIn("--help", answer.stderr)
            self.assertEqual(answer.stdout, "")

    def test_help_and_version(self):
        for words in [], ["lecture"], ["httpbin"], ["get"]:
            answer = nurt(*words, "--help")
            self.assertEqual(answer.returncode, 0)
            self.assertIn("Usage: nurt", answer.stdout)
            self.assertNotIn("lecture-run", answer.stdout)
        for backend, name in ("epoll", "epoll"), ("uring", "io_uring"):
            version = nurt("--version", NURT_BACKEND=backend).stdout
            for words in "nurt 0.", "compiler: ", "backend:  " + name:
                self.assertIn(words, version)

    def test_a_drawing_that_cannot_be_written_is_said_at_once(self):
        start = time.monotonic()
        answer = nurt("lecture", "--svg", "/nowhere/x.svg")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("/nowhere", answer.stderr)
        self.assertLess(time.monotonic() - start, 5)

    def test_a_run_without_a_server_fails_and_says_why(self):
        for variant in "sequential", "threads", "gather":
            answer = nurt("lecture-run", variant, "--url", "http://127.0.0.1:1")
            self.assertEqual(answer.returncode, 1)
            self.assertIn("127.0.0.1:1: Connection refused", answer.stderr)


class Real(unittest.TestCase):
    def compare(self, *arguments):
        return nurt("lecture", "--scale", str(SCALE), *arguments)

    def test_the_comparison(self):
        with tempfile.TemporaryDirectory() as folder:
            svg = pathlib.Path(folder) / "lecture.svg"
            answer = self.compare("--svg", str(svg))
            self.assertEqual(answer.returncode, 0, answer.stderr)
            drawing = xml.etree.ElementTree.parse(svg).getroot()
        self.assertTrue(drawing.tag.endswith("svg"))
        walls = re.findall(r"Received \[200, 200, 200, 200\] in (\d+\.\d+)", answer.stdout)
        self.assertEqual(len(walls), 3, answer.stdout)
        for wall, least in zip(map(float, walls), (10 * SCALE, 4 * SCALE, 4 * SCALE)):
            self.assertGreaterEqual(wall, least)
        rows = re.findall(r"^(.*\S) +200 200 200 200 +\S+ +\S+ +(\d+) +\S+$", answer.stdout, re.M)
        self.assertEqual(
            rows, [("one after another", "1"), ("threads and a mutex", "5"), ("gather, one thread", "1")]
        )
        self.assertEqual(len(re.findall(r"<delay/0\.\d+> -.*> 200$", answer.stdout, re.M)), 12)

    def test_a_cell_that_needs_a_server(self):
        answer = nurt("lecture", "2.1")
        self.assertEqual((answer.returncode, answer.stdout), (0, "Warsaw: 200\nRadom: 200\nLublin: 200\n"))

    def stopped(self, cell, sign):
        """Exit code and standard error of a program that gets a signal while its children work."""
        command = [NURT, "lecture", *cell]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=QUIET) as process:
            self.assertTrue(until(lambda: len(children_of(process.pid)) == 2))
            process.send_signal(sign)
            errors = process.communicate(timeout=20)[1].decode()
            self.assertTrue(until(lambda: not children_of(process.pid)), children_of(process.pid))
        return process.returncode, errors

    def test_an_interrupt_leaves_no_child(self):
        self.assertEqual(self.stopped([], signal.SIGINT), (130, "nurt: interrupted\n"))
        self.assertEqual(self.stopped(["2.6.1"], signal.SIGINT), (130, "nurt: interrupted\n"))

    def test_a_killed_program_leaves_no_child(self):
        self.assertEqual(self.stopped([], signal.SIGKILL)[0], -signal.SIGKILL)

    def test_a_run_that_dies_is_told(self):
        with subprocess.Popen([NURT, "lecture"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=QUIET) as process:
            self.assertTrue(until(lambda: "lecture-run" in children_of(process.pid)))
            for entry in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                if b"lecture-run" in pathlib.Path(f"/proc/{entry}/cmdline").read_bytes():
                    os.kill(int(entry), signal.SIGKILL)
            errors = process.communicate(timeout=20)[1].decode()
        self.assertEqual(process.returncode, 1)
        self.assertIn('the run "one after another" failed', errors)
        self.assertFalse(children_of(process.pid))


if __name__ == "__main__":
    unittest.main()
