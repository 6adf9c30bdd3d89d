// SPDX-License-Identifier: MIT
// tests/cli/text_test.cpp: text as columns.
#include <doctest/doctest.h>

#include "cli/text.hpp"

using namespace nurt::cli;

TEST_CASE("control characters and broken UTF-8 do not reach the terminal") {
    CHECK(printable("a\x1b[31mb\nc\x7f") == "a?[31mb?c?");
    CHECK(printable("\u017c\u20ac\U0001F600") == "\u017c\u20ac\U0001F600");
    CHECK(printable("\xff\xc0\xaf\xed\xa0\x80") == "??????");
    CHECK(printable("\u202eabc\u0085") == "?abc?");
    CHECK(printable("\u017c\u00f3\u0142w", true) == "???w");
    CHECK(printable("\xe2\x82") == "??");
}

TEST_CASE("columns are counted, not bytes") {
    CHECK(columns("abc") == 3);
    CHECK(columns("\u017c\u00f3\u0142w") == 4);
    CHECK(columns("\u6d41\u308c") == 4);
    CHECK(columns("e\u0301") == 1);
}

TEST_CASE("what does not fit keeps its end or its start") {
    CHECK(keep_end("delay/1", 7) == "delay/1");
    CHECK(keep_end("http://host/delay/1", 8) == "\u2026delay/1");
    CHECK(keep_end("http://host/delay/1", 10, true) == "...delay/1");
    CHECK(keep_end("\u6d41\u308c\u6d41\u308c", 4) == "\u2026\u308c");
    CHECK(keep_end("abcdef", 1) == ".");
    CHECK(keep_start("connection refused", 8) == "connect\u2026");
    CHECK(keep_start("\u017c\u00f3\u0142w", 3) == "\u017c\u00f3\u2026");
}

TEST_CASE("padding counts columns") {
    CHECK(pad_right("\u017c", 3) == "\u017c  ");
    CHECK(pad_left("\u6d41", 3) == " \u6d41");
    CHECK(pad_right("long", 2) == "long");
}

TEST_CASE("a time has three digits that matter") {
    CHECK(human_seconds(0) == "0.00 us");
    CHECK(human_seconds(0.000'0125) == "12.5 us");
    CHECK(human_seconds(0.002'3) == "2.30 ms");
    CHECK(human_seconds(0.999'6) == "1.00 s");
    CHECK(human_seconds(9.996) == "10.0 s");
    CHECK(human_seconds(123.4) == "123 s");
}
