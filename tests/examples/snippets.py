#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every C++ block of the documents given is, word for word, the code of a file in examples/.

snippets.py ROOT DOCUMENT...   The code of an example is what stands between its head comment and its
prints block.
"""
import pathlib
import re
import sys


def code_of(example: str) -> str:
    lines = example.splitlines()
    while lines and lines[0].startswith("//"):
        lines.pop(0)
    text = "\n".join(lines)
    return text.split("\n// prints:")[0].strip()


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    examples = {code_of(path.read_text()) for path in sorted(root.glob("examples/*.cpp"))}
    failures = 0
    for name in sys.argv[2:]:
        blocks = re.findall(r"```cpp\n(.*?)```", (root / name).read_text(), re.DOTALL)
        if not blocks:
            print(f"{name}: no C++ block found")
            failures += 1
        for block in blocks:
            if block.strip() not in examples:
                print(f"{name}: this block is no file of examples/:\n{block}")
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
