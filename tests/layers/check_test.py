#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# tests/layers/check_test.py: each rule of check.py refuses a tree that breaks it, and only then.
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name("check.py")
GOOD = {
    "nurt/base/word.hpp": "#pragma once\n#include <cstddef>\n",
    "nurt/io/ring.hpp": '#pragma once\n#include "nurt/base/word.hpp"\n',
    "nurt/io/ring.cpp": '#include "nurt/io/ring.hpp"\n#include <sys/epoll.h>\n',
    "nurt/loop/turn.hpp": "#pragma once\n#include <nurt/io/ring.hpp>\n",
    "nurt/nurt.hpp": "#pragma once\n#include <nurt/loop/turn.hpp>\n",
    "tests/io/ring_test.cpp": "#include <nurt/io/detail/inner.hpp>\n",
    "nurt/io/detail/inner.hpp": "#pragma once\n#include <sys/socket.h>\n",
}


def check(changes, *arguments):
    """Runs the checker over the good tree with changes; (passed, what it said)."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**GOOD, **changes}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([sys.executable, CHECK, "--root", root, *arguments],
                              capture_output=True, text=True)
        return done.returncode == 0, done.stdout + done.stderr


class rules(unittest.TestCase):
    def refused(self, words, **changes):
        passed, said = check({changes["name"]: changes["text"]})
        self.assertIn(words, said)
        self.assertFalse(passed)

    def test_a_good_tree_passes(self):
        passed, said = check({})
        self.assertTrue(passed, said)

    def test_an_empty_tree_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, CHECK, "--root", folder], capture_output=True)
            self.assertNotEqual(done.returncode, 0)

    def test_an_upward_include(self):
        self.refused("base/word.hpp:2: row: base includes upward", name="nurt/base/word.hpp",
                     text="#pragma once\n#include <nurt/loop/turn.hpp>\n")

    def test_a_neighbour(self):
        self.refused("row: io includes its neighbour", name="nurt/io/up.hpp",
                     text="#pragma once\n#include <nurt/loop/turn.hpp>\n")

    def test_a_folder_nobody_knows(self):
        self.refused("nurt/misc/ stands in no row", name="nurt/misc/a.hpp",
                     text="#pragma once\n#include <nurt/base/word.hpp>\n")

    def test_a_cycle_of_files(self):
        self.refused("cycle: nurt/base/word.hpp -> nurt/io/ring.hpp -> nurt/base/word.hpp",
                     name="nurt/base/word.hpp", text="#pragma once\n#include <nurt/io/ring.hpp>\n")

    def test_a_cycle_of_folders(self):
        self.refused("cycle: folders io -> loop -> io", name="nurt/io/up.cpp",
                     text="#include <nurt/loop/turn.hpp>\n")

    def test_a_system_header_in_a_public_header(self):
        self.refused("io/ring.hpp:2: system: reaches <sys/epoll.h>", name="nurt/io/ring.hpp",
                     text="#pragma once\n#include <sys/epoll.h>\n")

    def test_a_system_header_reached_over_a_private_one(self):
        self.refused("reaches <sys/socket.h> over nurt/io/detail/inner.hpp", name="nurt/io/ring.hpp",
                     text="#pragma once\n#include <nurt/io/detail/inner.hpp>\n")

    def test_a_third_party_header_in_a_public_header(self):
        self.refused("system: reaches <fmt/core.h>", name="nurt/base/word.hpp",
                     text="#pragma once\n#  include <fmt/core.h>\n")

    def test_the_c_spelling_of_a_standard_header(self):
        self.refused("system: reaches <stdint.h>", name="nurt/base/word.hpp",
                     text="#pragma once\n#include <stdint.h>\n")

    def test_an_include_of_no_file(self):
        self.refused("path: there is no file nurt/base/gone.hpp", name="nurt/io/a.cpp",
                     text="#include <nurt/base/gone.hpp>\n")

    def test_a_path_relative_to_the_file(self):
        self.refused('path: "ring.hpp" is not the path from the root', name="nurt/io/a.cpp",
                     text='#include "ring.hpp"\n')

    def test_a_private_header_of_another_folder(self):
        self.refused("detail: nurt/io/detail/inner.hpp is private to nurt/io/", name="nurt/loop/a.cpp",
                     text="#include <nurt/io/detail/inner.hpp>\n")

    def test_a_private_header_in_an_example(self):
        self.refused("examples/a.cpp:1: detail: nurt/io/detail/inner.hpp is private", name="examples/a.cpp",
                     text="#include <nurt/io/detail/inner.hpp>\n")

    def test_an_umbrella_inside_the_library(self):
        self.refused("umbrella: nurt/nurt.hpp is for users", name="nurt/loop/a.cpp",
                     text="#include <nurt/nurt.hpp>\n")

    def test_the_library_including_a_test(self):
        self.refused("row: the library includes tests/io/ring_test.cpp", name="nurt/io/a.cpp",
                     text='#include "tests/io/ring_test.cpp"\n')

    def test_a_header_without_pragma_once(self):
        self.refused("once: #pragma once is missing", name="nurt/base/word.hpp", text="struct a {};\n")

    def test_using_namespace_in_a_header(self):
        self.refused("word.hpp:3: once: using namespace", name="nurt/base/word.hpp",
                     text="#pragma once\n// using namespace std;\nusing namespace nurt;\n")

    def test_an_include_in_a_comment_is_none(self):
        passed, said = check({"nurt/base/word.hpp": "#pragma once\n// #include <nurt/loop/turn.hpp>\n"
                              "/*\n#include <sys/epoll.h>\n*/\n"})
        self.assertTrue(passed, said)


class headers_alone(unittest.TestCase):
    def test_a_header_that_needs_another_one_is_refused(self):
        with tempfile.TemporaryDirectory() as cache:
            passed, said = check({"nurt/base/word.hpp": "#pragma once\nstd::size_t size();\n"},
                                 "--compiler", "g++", "--cache", cache)
            self.assertIn("word.hpp:1: alone: does not compile alone", said)
            self.assertFalse(passed)

    def test_a_change_below_a_header_is_not_hidden_by_the_cache(self):
        with tempfile.TemporaryDirectory() as cache:
            arguments = ("--compiler", "g++", "--cache", cache)
            self.assertTrue(check({}, *arguments)[0])
            self.assertFalse(check({"nurt/base/word.hpp": "#pragma once\nnonsense\n"}, *arguments)[0])


class advice(unittest.TestCase):
    def advised(self, words, text):
        passed, said = check({"nurt/base/long.cpp": text})
        self.assertIn(words, said)
        self.assertTrue(passed, said)

    def test_a_long_file(self):
        self.advised("long.cpp:1: 501 lines (budget 500)", "\n" * 501)

    def test_a_long_function(self):
        body = "    int x;\n" * 40
        self.advised("long.cpp:3: 42 lines in box::fill (budget 40)",
                     "namespace nurt {\n\nvoid box::fill(int a) {\n" + body + "}\n}\n")

    def test_initializers_and_types_are_no_functions(self):
        members = "    int x = 1;\n" * 60
        passed, said = check({"nurt/base/long.cpp": "struct a final : b<c(1)> {\n" + members + "};\n"
                              "constexpr int table[] = {\n" + "    f(1),\n" * 60 + "};\n"
                              "x::x(int q) : q_{q}, r_{\n" + "\n" * 3 + "} {}\n"})
        self.assertTrue(passed, said)
        self.assertNotIn("lines in", said)


if __name__ == "__main__":
    unittest.main()
