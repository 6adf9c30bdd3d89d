// SPDX-License-Identifier: MIT
// tests/cli/table_test.cpp: aligned columns.
#include <doctest/doctest.h>

#include "cli/table.hpp"

using namespace nurt::cli;

TEST_CASE("the comparison is a table with aligned columns") {
    const comparison runs[] = {
        {"one after another", {200, 200, 200, 200}, 10.0123, 0.0031, 1, 6.25 * 1024 * 1024},
        {"threads", {200, 503}, 4.0071, 0.01264, 5, 18.5 * 1024 * 1024}};
    CHECK(draw_table(comparison_table(runs), false) ==
          "variant            status codes     wall s  CPU ms  threads  peak memory MiB\n"
          "-----------------  ---------------  ------  ------  -------  ---------------\n"
          "one after another  200 200 200 200  10.012     3.1        1              6.2\n"
          "threads            200 503           4.007    12.6        5             18.5\n");
}

TEST_CASE("columns are as wide as their widest cell, and lines do not end in spaces") {
    const table t{{{"n", align::right}, {"name", align::left}},
                  {{"1", "\u017c\u00f3\u0142w"}, {"10"}}};
    CHECK(draw_table(t) ==
          " n  name\n\u2500\u2500  \u2500\u2500\u2500\u2500\n 1  \u017c\u00f3\u0142w\n10\n");
}
