#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# tests/lint/lint_test.py: tools/nurt-lint flags each line of bad.cpp that a comment marks, with that rule and
# nothing else, and is silent about good.cpp. Exits with 77, ctest's "skipped", when clang-query is missing.
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MARK = re.compile(r"// lint: ([\w ]+?)(?: at (\S+))?$")


def lint(*arguments):
    return subprocess.run([sys.executable, ROOT / "tools" / "nurt-lint", *arguments],
                          capture_output=True, text=True, cwd=ROOT)


def lint_sample(name):
    done = lint(f"tests/lint/{name}", "--", "-std=c++20", f"-I{ROOT}")
    if done.returncode == 77:
        print(done.stdout)
        sys.exit(77)
    found = set()
    for match in re.finditer(r"^(\S+?):(\d+):\d+: (\w+):", done.stdout, re.M):
        file = pathlib.Path(match[1]).name
        # What stands in another file is compared without its line: the mark stands where it is used.
        found.add((file, int(match[2]) if file == name else 0, match[3]))
    return done.returncode, found, done.stdout + done.stderr


def expected_of(name):
    expected = set()
    for number, line in enumerate((HERE / name).read_text().splitlines(), 1):
        if mark := MARK.search(line):
            for rule in mark[1].split():
                expected.add((mark[2] or name, 0 if mark[2] else number, rule))
    return expected


def main():
    failures = []
    code, found, said = lint_sample("bad.cpp")
    expected = expected_of("bad.cpp")
    if len(expected) < 25:
        failures.append(f"only {len(expected)} marks were read")
    if code != 1:
        failures.append(f"bad.cpp: exit code {code}\n{said}")
    failures += [f"bad.cpp: not flagged: {x}" for x in sorted(expected - found)]
    failures += [f"bad.cpp: flagged without a mark: {x}" for x in sorted(found - expected)]
    code, found, said = lint_sample("good.cpp")
    if code != 0 or found:
        failures.append(f"good.cpp: exit code {code}\n{said}")
    if lint("tests/lint/gone.cpp", "--", "-std=c++20").returncode != 2:
        failures.append("a file that cannot be read passes")
    print("\n".join(failures) or "all rules seen")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
