#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# tests/layers/check.py: does the tree keep the rules of its architecture?
#
# Rules, each a failure with file and line:
#   row      a file of nurt/ includes only rows below its own; inside a row only what MAY_USE says
#   cycle    no folder and no file includes itself over others
#   system   a public header includes, directly or over others, only the C++ standard library
#   path     an include of ours is the path of a file from the root
#   detail   detail/ is private to its folder, but for MAY_SEE and tests
#   umbrella a header directly in nurt/ is for users, never for the library
#   once     a header begins with #pragma once, and has no `using namespace`
#   alone    a public header compiles alone (--compiler; results are cached by content)
# Advice is printed and fails nothing: files over 500 lines, functions over 40, heavy standard headers in
# the low rows, a header whose first lines do not name it.
import argparse
import concurrent.futures
import hashlib
import pathlib
import re
import subprocess
import sys

ROWS = [
    {"base"},
    {"io", "loop"},
    {"core"},
    {"sync", "threads", "stream"},
    {"net", "tls", "process", "files", "json"},
    {"http", "sim", "observe"},
    {"web", "db", "email"},
]
MAY_USE = {("loop", "io"), ("stream", "sync"), ("tls", "net")}
# Who may look into another folder's detail/: leaves that read or queue the task that waits on them, and
# TLS, which takes the place of the connection that a stream has.
MAY_SEE = {("sync", "core"), ("threads", "core"), ("stream", "core"), ("net", "core"),
           ("files", "stream"), ("files", "threads"), ("tls", "stream")}
LOW_ROWS = 4  # rows whose headers everybody pays for
HEAVY = {"chrono", "functional", "iostream", "memory", "ranges", "algorithm", "regex"}
FILE_LINES = 500
FUNCTION_LINES = 40

STANDARD = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes
climits clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef
cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format
forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch
limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue random ranges
ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept
stop_token streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex
typeinfo unordered_map unordered_set utility valarray variant vector version
""".split())

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def row_of(folder):
    return next((i for i, row in enumerate(ROWS) if folder in row), None)


def blanked(text):
    """The text with comments, strings and preprocessor lines made blank; every line keeps its number."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.S | re.M)

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return pattern.sub(blank, text)


class source_file:
    def __init__(self, root, path):
        self.path = path
        self.name = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8", errors="replace")
        self.parts = self.name.split("/")
        self.includes = []  # (line, bracket, name)
        kept = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), self.text, flags=re.S)
        for match in INCLUDE.finditer(kept):
            line = kept.count("\n", 0, match.start(2)) + 1
            self.includes.append((line, match.group(1), match.group(2)))

    @property
    def in_library(self):
        return self.parts[0] == "nurt"

    @property
    def folder(self):
        """The folder of the house, or None for an umbrella header and everything outside nurt/."""
        return self.parts[1] if self.in_library and len(self.parts) > 2 else None

    @property
    def is_header(self):
        return self.name.endswith(".hpp")

    @property
    def is_public(self):
        return self.in_library and self.is_header and "detail" not in self.parts


class checker:
    def __init__(self, root):
        self.root = root
        self.failures = []
        self.advice = []
        self.files = {}
        for top in ("nurt", "cli", "examples", "tests", "bench"):
            for path in sorted((root / top).rglob("*.[hc]pp")):
                file = source_file(root, path)
                if not file.name.startswith(("bench/peers/", "tests/lint/")):
                    self.files[file.name] = file

    def fail(self, file, line, rule, text):
        self.failures.append(f"{file.name}:{line}: {rule}: {text}")

    def run(self):
        for file in self.files.values():
            self.check_includes(file)
            self.check_header(file)
            self.measure(file)
        self.check_file_cycles()
        self.check_folder_cycles()
        for file in self.files.values():
            if file.is_public:
                self.check_system_headers(file)

    # Includes, one by one

    def check_includes(self, file):
        for line, bracket, name in file.includes:
            target = self.files.get(name)
            ours = name.split("/")[0] in ("nurt", "cli", "tests")
            if ours and target is None:
                self.fail(file, line, "path", f"there is no file {name}")
            elif file.in_library and bracket == '"' and not ours:
                self.fail(file, line, "path", f'"{name}" is not the path from the root')
            elif target is not None:
                self.check_row(file, line, target)

    def check_row(self, file, line, target):
        if target.in_library and "detail" in target.parts and file.parts[0] not in ("tests", "bench"):
            if file.folder != target.folder and (file.folder, target.folder) not in MAY_SEE:
                self.fail(file, line, "detail", f"{target.name} is private to nurt/{target.folder}/")
        if not file.in_library or file.folder is None:
            return
        if not target.in_library:
            self.fail(file, line, "row", f"the library includes {target.name}")
        elif target.folder is None:
            self.fail(file, line, "umbrella", f"{target.name} is for users of the library")
        elif file.folder != target.folder and (file.folder, target.folder) not in MAY_USE:
            self.compare_rows(file, line, target)

    def compare_rows(self, file, line, target):
        mine, theirs = row_of(file.folder), row_of(target.folder)
        for name, row in ((file.folder, mine), (target.folder, theirs)):
            if row is None:
                self.fail(file, line, "row", f"nurt/{name}/ stands in no row of tests/layers/check.py")
                return
        if theirs > mine:
            self.fail(file, line, "row", f"{file.folder} includes upward: {target.name}")
        elif theirs == mine:
            self.fail(file, line, "row", f"{file.folder} includes its neighbour: {target.name}")

    def check_header(self, file):
        if not file.is_header:
            return
        plain = re.sub(r"//[^\n]*|/\*.*?\*/", "", file.text, flags=re.S).lstrip()
        if not plain.startswith("#pragma once"):
            self.fail(file, 1, "once", "#pragma once is missing or not first")
        for match in re.finditer(r"\busing\s+namespace\b", blanked(file.text)):
            line = file.text.count("\n", 0, match.start()) + 1
            self.fail(file, line, "once", "using namespace in a header")

    def check_system_headers(self, file):
        """Follows the includes of a public header; what it reaches its users compile."""
        reached, waiting = {file.name}, [(file, [])]
        while waiting:
            current, via = waiting.pop()
            for line, _, name in current.includes:
                target = self.files.get(name)
                if target is not None:
                    if name not in reached:
                        reached.add(name)
                        waiting.append((target, via + [target.name]))
                elif name not in STANDARD and not name.startswith("nurt/"):
                    way = f" over {', '.join(via)}" if via else ""
                    self.fail(file, line if not via else 1, "system", f"reaches <{name}>{way}")

    # Cycles

    def check_file_cycles(self):
        graph = {f.name: [n for _, _, n in f.includes if n in self.files] for f in self.files.values()}
        for cycle in cycles(graph):
            self.failures.append(f"{cycle[0]}:1: cycle: {' -> '.join(cycle)}")

    def check_folder_cycles(self):
        graph = {}
        for file in self.files.values():
            if file.folder is None:
                continue
            uses = graph.setdefault(file.folder, set())
            for _, _, name in file.includes:
                target = self.files.get(name)
                if target and target.folder and target.folder != file.folder:
                    uses.add(target.folder)
        for cycle in cycles({k: sorted(v) for k, v in graph.items()}):
            self.failures.append(f"nurt/{cycle[0]}:1: cycle: folders {' -> '.join(cycle)}")

    # Budgets

    def measure(self, file):
        lines = file.text.count("\n")
        if lines > FILE_LINES:
            self.advice.append(f"{file.name}:1: {lines} lines (budget {FILE_LINES})")
        for line, length, name in functions(file.text):
            if length > FUNCTION_LINES:
                self.advice.append(f"{file.name}:{line}: {length} lines in {name} (budget {FUNCTION_LINES})")
        head = file.text.split("\n")[:2] + ["", ""]
        if file.is_header and (head[0] != "// SPDX-License-Identifier: MIT" or not head[1].startswith(f"// {file.name}:")):
            self.advice.append(f"{file.name}:1: the head is not the license line and \"// {file.name}: ...\"")
        row = row_of(file.folder) if file.folder else None
        if file.is_public and row is not None and row < LOW_ROWS:
            for line, _, name in file.includes:
                if name in HEAVY:
                    self.advice.append(f"{file.name}:{line}: <{name}> is heavy for a header of a low row")

    # Headers alone

    def compile_alone(self, compiler, cache, jobs):
        version = subprocess.run([*compiler, "--version"], capture_output=True, text=True).stdout
        public = [f for f in self.files.values() if f.is_public]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            results = pool.map(lambda f: self.compile_one(f, compiler, version, cache), public)
        for file, output in zip(public, results):
            if output:
                self.fail(file, 1, "alone", "does not compile alone\n" + output)
        return len(public)

    def compile_one(self, file, compiler, version, cache):
        mark = cache / (hashlib.sha256((version + self.closure(file)).encode()).hexdigest() + ".ok")
        if mark.exists():
            return ""
        done = subprocess.run(
            [*compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{self.root}",
             "-x", "c++", "-"], input=f"#include <{file.name}>\n", capture_output=True, text=True)
        if done.returncode == 0:
            mark.touch()
            return ""
        return done.stderr or "the compiler failed without a word\n"

    def closure(self, file):
        """Everything of ours that a compilation of the header reads."""
        reached, waiting = set(), [file.name]
        while waiting:
            name = waiting.pop()
            if name in self.files and name not in reached:
                reached.add(name)
                waiting += [n for _, _, n in self.files[name].includes]
        return "".join(f"{n}\n{self.files[n].text}\n" for n in sorted(reached))


def cycles(graph):
    """One cycle for each back edge of a depth-first walk, as a list of names that ends where it begins."""
    found, state = [], {}

    def walk(node, path):
        state[node] = "open"
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                found.append(path[path.index(target):] + [target])
            elif target not in state:
                walk(target, path + [target])
        state[node] = "done"
    for node in sorted(graph):
        if node not in state:
            walk(node, [node])
    return found


NOT_A_FUNCTION = re.compile(
    r"^\s*(?:(?:inline\s+)?namespace|(?:template\b.*)?\b(?:class|struct|union|enum)\b(?!.*\)\s*(?:const|noexcept)*\s*$)"
    r"|if|for|while|switch|catch|do|else|try|return|co_return|extern)\b", re.S)


def functions(text):
    """(line, length, name) of each function body, by braces; lambdas belong to the function around them.

    Leans on clang-format: the brace of a body stands after a space, that of an initializer does not.
    """
    code = blanked(text)
    stack, found, start, line, depth_in_function = [], [], 0, 1, 0
    for i, c in enumerate(code):
        if c == "\n":
            line += 1
        elif c == ";":
            start = i + 1
        elif c == "{":
            before = code[start:i]
            initializer = i > 0 and (code[i - 1].isalnum() or code[i - 1] in "_>=(,{")
            is_function = (not initializer and depth_in_function == 0 and "(" in before
                           and not NOT_A_FUNCTION.match(re.sub(r"^\s*(?:public|private|protected)\s*:", "", before)))
            depth_in_function += is_function
            stack.append((line, is_function, before, initializer))
            if not initializer:
                start = i + 1
        elif c == "}" and stack:
            first, is_function, before, initializer = stack.pop()
            if is_function:
                depth_in_function -= 1
                found.append((first, line - first + 1, function_name(before)))
            if not initializer:
                start = i + 1
    return found


def function_name(before):
    match = re.search(r"([\w:~]+|operator\s*\S+)\s*\(", before)
    return match.group(1) if match else "a function"


def main():
    options = argparse.ArgumentParser(description="Checks the layers of the source tree.")
    options.add_argument("--root", type=pathlib.Path, required=True)
    options.add_argument("--compiler", help="compile each public header alone with it")
    options.add_argument("--cache", type=pathlib.Path, help="folder that remembers what compiled")
    options.add_argument("--jobs", type=int, default=2)
    arguments = options.parse_args()
    check = checker(arguments.root.resolve())
    if not any(f.in_library for f in check.files.values()):
        sys.exit(f"{arguments.root}: no sources in nurt/")
    if arguments.compiler:
        arguments.cache.mkdir(parents=True, exist_ok=True)
        count = check.compile_alone(arguments.compiler.split(), arguments.cache, arguments.jobs)
        print(f"{count} public headers compiled alone")
    else:
        check.run()
        print(f"{len(check.files)} files read")
    for text in check.advice:
        print("advice:", text)
    for text in check.failures:
        print(text, file=sys.stderr)
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
