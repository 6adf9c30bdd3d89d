#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/parity/statements.py: looks whether every statement about asyncio's behaviour has its test.

The statements are numbered: S1 to S177 are asyncio's, G1 to G20 those of generators, A1 to A11 those of asynchronous
generators, P1 to P8 those of a kernel that completes instead of being ready. A test case that retells one begins with its
number, "S23: done callbacks never run inline", and names CPython's test above. They stand here or in the folder of the
part that they are about.

  statements.py TESTS     prints the statements that no test case of these folders below TESTS names
"""
import pathlib
import re
import sys

NAME = re.compile(r'TEST_CASE(?:_FIXTURE|_TEMPLATE)?\(\s*(?:\w+,\s*)?"((?:[SGAP]\d+(?:, |: ))+)')


def statements():
    last = {"S": 177, "G": 20, "A": 11, "P": 8}
    return [f"{kind}{n}" for kind in last for n in range(1, last[kind] + 1)]


def named(root):
    found = set()
    for folder in "parity", "real", "threads", "stream", "net", "tls", "io":
        for path in sorted((root / folder).glob("*_test.cpp")):
            for names in NAME.findall(path.read_text()):
                found.update(re.findall(r"[SGAP]\d+", names))
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
