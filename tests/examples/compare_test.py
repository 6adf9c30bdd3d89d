#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""compare.py finds what is wrong, and nothing else."""

import unittest

import compare

STAMP = "2026-01-14 10:43:5{}.000000 {}"


class Differences(unittest.TestCase):
    def test_equal_lines(self):
        self.assertFalse(compare.differences(["a", "b "], ["a", "b"]))

    def test_another_word_or_order_or_number_of_lines(self):
        self.assertTrue(compare.differences(["a", "b"], ["a", "c"]))
        self.assertTrue(compare.differences(["a", "b"], ["b", "a"]))
        self.assertTrue(compare.differences(["a", "b"], ["a"]))

    def test_timestamps_count_from_the_first(self):
        wanted = [STAMP.format(1, "x"), STAMP.format(3, "y")]
        self.assertFalse(compare.differences(wanted, [STAMP.format(5, "x"), STAMP.format(7, "y")]))
        self.assertTrue(compare.differences(wanted, [STAMP.format(5, "x"), STAMP.format(6, "y")]))
        self.assertTrue(compare.differences(wanted, [STAMP.format(0, "x"), STAMP.format(9, "y")]))

    def test_seconds_of_a_quicker_server(self):
        self.assertFalse(compare.differences(["r in 4.002"], ["r in 0.41"], 10))
        self.assertTrue(compare.differences(["r in 10.002"], ["r in 0.41"], 10))

    def test_ports_and_drawn_lines(self):
        self.assertFalse(compare.differences(["127.0.0.1:8000"], ["127.0.0.1:40123"]))
        self.assertFalse(compare.differences(["-----I/O NET-----> 200"], ["---I/O NET----> 200"]))
        self.assertTrue(compare.differences(["-----I/O NET-----> 200"], ["---I/O NET----> 503"]))

    def test_the_block_has_to_be_there_and_last(self):
        self.assertEqual(compare.expected_lines("x\n\n// prints:\n// a\n//\n//   b\n"), ["a", "", "  b"])
        for source in ("x\n", "// prints:\n", "// prints:\n// a\nint x;\n"):
            with self.assertRaises(SystemExit):
                compare.expected_lines(source)


if __name__ == "__main__":
    unittest.main()
