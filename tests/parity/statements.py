#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/parity/statements.py: looks whether every statement about asyncio's behaviour has its test.

The statements are numbered: S1 to S149, S162 and S167 to S177 are asyncio's, G1 to G20 those of generators, A1 to A11 those of
asynchronous generators. A test case that retells one begins with its number, "S23: done callbacks never run inline", and
names CPython's test above. They are here, or where threads and signals are real: in tests/threads and tests/real; those of TLS in tests/tls.

  statements.py TESTS     prints the statements that no test case of these folders below TESTS names
"""
import pathlib
import re
import sys

NAME = re.compile(r'TEST_CASE(?:_FIXTURE)?\(\s*(?:\w+,\s*)?"((?:[SGA]\d+(?:, |: ))+)')


def statements():
    numbers = [f"S{n}" for n in [*range(1, 150), 162, *range(167, 178)]]
    return numbers + [f"G{n}" for n in range(1, 21)] + [f"A{n}" for n in range(1, 12)]


def named(root):
    found = set()
    for folder in "parity", "real", "threads", "tls":
        for path in sorted((root / folder).glob("*_test.cpp")):
            for names in NAME.findall(path.read_text()):
                found.update(re.findall(r"[SGA]\d+", names))
    return found


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    found = named(pathlib.Path(arguments[0]))
    missing = [s for s in statements() if s not in found]
    unknown = sorted(found - set(statements()))
    for name, wrong in ("without a test", missing), ("no statement", unknown):
        if wrong:
            print(f"{name}: {' '.join(wrong)}")
    print(f"{len(statements()) - len(missing)} of {len(statements())} statements have a test")
    return 1 if missing or unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
