// SPDX-License-Identifier: MIT
// tests/cli/progress_test.cpp: the display while requests run.
#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "cli/progress.hpp"
#include "cli/text.hpp"

using namespace nurt::cli;
using state_t = progress_item::state_t;

namespace {

std::vector<progress_item> four() {
    return {{"delay/1", state_t::done, 1.0, 1, "200"},
            {"delay/2", state_t::failed, 1.2, 2, "connection refused"},
            {"delay/3", state_t::running, 2.0, 4, ""},
            {"delay/4", state_t::waiting, 0, 4, ""}};
}

}  // namespace

TEST_CASE("each request has its time and a bar on a common scale") {
    const auto lines = render_progress(four(), {.width = 52, .utf8 = false});
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] == "<delay/1> =====                  1.00 s 200");
    CHECK(lines[1] == "<delay/2> ======                 1.20 s connectio...");
    CHECK(lines[2] == "<delay/3> ===========..........  2.00 s");
    CHECK(lines[3] == "<delay/4>");
}

TEST_CASE("no line of the progress is wider than the terminal") {
    auto items = four();
    items[2].name = "http://a.very.long.host.name.example/with/a/long/path?and=a&long=query";
    for (const std::size_t width : {30U, 40U, 60U, 80U, 200U}) {
        for (const std::string& line : render_progress(items, {.width = width})) {
            CHECK(columns(line) <= width);
        }
    }
}

TEST_CASE("too many requests become a summary and those that run longest") {
    std::vector<progress_item> items;
    for (int i = 0; i < 100; ++i) {
        const state_t state = i < 30 ? state_t::done : i < 60 ? state_t::running : state_t::waiting;
        items.push_back({std::to_string(i), state, 0.1 * i, 0, i < 30 ? "200" : ""});
    }
    const auto lines = render_progress(items, {.rows = 3});
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "30 of 100 done, 30 running, 40 waiting");
    CHECK(lines[1].starts_with("<59>"));
    CHECK(lines[2].starts_with("<58>"));
}

TEST_CASE("on a terminal the lines are drawn over each other") {
    auto items = four();
    progress_painter painter({.utf8 = false});
    CHECK(painter.update(items).starts_with("\r<delay/1>"));
    items.pop_back();
    const std::string second = painter.update(items);
    CHECK(second.starts_with("\x1b[4A\r<delay/1>"));
    CHECK(second.ends_with("\x1b[K\n\x1b[J"));
    CHECK(painter.finish(items, true) == "\x1b[3A\r\x1b[J");
}

TEST_CASE("elsewhere each request is one line, once it has ended") {
    auto items = four();
    progress_painter painter({.terminal = false});
    CHECK(painter.update(items) == "<delay/1> 200 1.00 s\n<delay/2> connection refused 1.20 s\n");
    CHECK(painter.update(items).empty());
    items[2].state = state_t::done;
    items[2].result = "200";
    CHECK(painter.finish(items, true) == "<delay/3> 200 2.00 s\n");
}

TEST_CASE("the display writes to its stream, and a file is no terminal") {
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    const progress_options options = options_for(file);
    CHECK_FALSE(options.terminal);
    CHECK_FALSE(options.colour);
    progress_display(file, options).update(four());
    std::rewind(file);
    char text[64] = {};
    const std::size_t size = std::fread(text, 1, sizeof text - 1, file);
    std::fclose(file);
    CHECK(std::string(text, size).starts_with("<delay/1> 200 1.00 s\n"));
}
