#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every C++ block of the documents given stands, line for line, in a file of examples/.

snippets.py ROOT DOCUMENT...   Indentation and empty lines do not count; a block may be a part of a file.
"""
import pathlib
import re
import sys


def lines_of(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line]


def stands_in(block: list[str], text: list[str]) -> bool:
    return any(text[at : at + len(block)] == block for at in range(len(text) - len(block) + 1))


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    examples = [lines_of(path.read_text()) for path in sorted(root.glob("examples/*.cpp"))]
    failures = 0
    for name in sys.argv[2:]:
        blocks = re.findall(r"```cpp\n(.*?)```", (root / name).read_text(), re.DOTALL)
        if not blocks:
            print(f"{name}: no C++ block found")
            failures += 1
        for block in blocks:
            if not any(stands_in(lines_of(block), example) for example in examples):
                print(f"{name}: this block is in no file of examples/:\n{block}")
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
