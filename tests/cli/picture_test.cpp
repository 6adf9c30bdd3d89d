// SPDX-License-Identifier: MIT
// tests/cli/picture_test.cpp: the drawings, compared with drawings.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/picture.hpp"
#include "cli/text.hpp"

using namespace nurt::cli;

namespace {

picture sequential() {
    picture p{"one after another", {}};
    double at = 0;
    for (const int delay : {1, 2, 3, 4}) {
        p.requests.push_back({"delay/" + std::to_string(delay), at, {{"io", 1.0 * delay}}, "200"});
        at += delay;
    }
    return p;
}

picture concurrent() {
    picture p{"gather", {}};
    for (const int delay : {1, 2, 3, 4}) {
        p.requests.push_back({"delay/" + std::to_string(delay), 0, {{"io", 1.0 * delay}}, "200"});
    }
    return p;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::size_t widest(const std::string& text) {
    std::size_t width = 0;
    for (const std::string& line : lines_of(text)) width = std::max(width, columns(line));
    return width;
}

// Whether tags are balanced and text holds no bare < or &; enough for what we write ourselves.
bool well_formed(const std::string& xml) {
    std::vector<std::string> open;
    for (std::size_t at = 0; at < xml.size(); ++at) {
        if (xml[at] == '&') {
            const std::string entity = xml.substr(at, xml.find(';', at) - at + 1);
            if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;") {
                return false;
            }
        }
        if (xml[at] == '>') return false;
        if (xml[at] != '<') continue;
        const std::size_t end = xml.find('>', at);
        if (end == xml.npos || xml.find('<', at + 1) < end) return false;
        const std::string tag = xml.substr(at + 1, end - at - 1);
        const std::string name =
            tag.substr(tag[0] == '/', tag.find_first_of(" /", 1) - (tag[0] == '/'));
        if (tag[0] == '/') {
            if (open.empty() || open.back() != name) return false;
            open.pop_back();
        } else if (tag.back() != '/') {
            open.push_back(name);
        }
        at = end;
    }
    return open.empty();
}

std::size_t count(const std::string& text, const std::string& piece) {
    std::size_t n = 0;
    for (std::size_t at = text.find(piece); at != text.npos; at = text.find(piece, at + 1)) ++n;
    return n;
}

}  // namespace

TEST_CASE("one after another, each request begins where the last one ended") {
    CHECK(draw_text(sequential(), {.width = 72, .utf8 = false}) ==
          R"(one after another
<delay/1> -I/O-> 200
      <delay/2> --I/O NET-> 200
                 <delay/3> ----I/O NET----> 200
                                 <delay/4> -------I/O NET-------> 200
          +----------+----------+----------+----------+----------+
          0 s       2 s        4 s        6 s        8 s        10 s
)");
}

TEST_CASE("at the same time, all begin together and last as long as they did") {
    CHECK(draw_text(concurrent(), {.width = 80}) ==
          R"(gather
<delay/1> ────I/O NET────► 200
<delay/2> ────────────I/O NET────────────► 200
<delay/3> ────────────────────I/O NET────────────────────► 200
<delay/4> ────────────────────────────I/O NET────────────────────────────► 200
          └───────────────┴───────────────┴───────────────┴───────────────┘
          0 s            1 s             2 s             3 s             4 s
)");
}

TEST_CASE("a common scale makes two pictures comparable") {
    const std::string text = draw_text(concurrent(), {.width = 72, .utf8 = false, .seconds = 10});
    CHECK(lines_of(text)[4].find("200") < 45);
    CHECK(text.find("10 s") != text.npos);
}

TEST_CASE("no line is wider than the terminal") {
    picture p = sequential();
    p.requests[1].name = "http://a.very.long.host.name.example/with/a/long/path?and=a&long=query";
    p.requests[2].result = "connection refused by the other side, after a long while";
    for (const std::size_t width : {40U, 60U, 80U, 120U, 200U}) {
        for (const bool utf8 : {true, false}) {
            CHECK(widest(draw_text(p, {.width = width, .utf8 = utf8})) <= width);
        }
    }
}

TEST_CASE("a request too short for its column still has an arrow's head") {
    picture p{"", {{"a", 0, {{"io", 0.0001}}, "200"}, {"b", 0, {{"io", 5}}, "200"}}};
    p.requests.push_back({"c", 5, {{"io", 0}}, "200"});
    const auto lines = lines_of(draw_text(p, {.width = 60, .utf8 = false}));
    CHECK(lines[0] == "<a> > 200");
    CHECK(lines[2].substr(lines[2].find("<c>")) == "<c> > 200");
}

TEST_CASE("phases have their own strokes, and a legend says which") {
    const picture p{"",
                    {{"x", 0, {{"queue", 2}, {"connect", 1}, {"wait", 6}, {"receive", 1}}, "200"}}};
    CHECK(draw_text(p, {.width = 60, .utf8 = false}) ==
          R"(<x> ..........=====-----------I/O NET------------++++> 200
    +---------+---------+---------+---------+---------+
    0 s      2 s       4 s       6 s       8 s       10 s
    ... queued   === connect   --- wait   +++ receive
)");
}

TEST_CASE("results are green or red where colours are wanted, and only there") {
    picture p{"", {{"a", 0, {{"io", 1}}, "200"}, {"b", 0, {{"io", 1}}, "timed out", false}}};
    const std::string text = draw_text(p, {.colour = true});
    CHECK(text.find("\x1b[1;32m200\x1b[0m") != text.npos);
    CHECK(text.find("\x1b[1;31mtimed out\x1b[0m") != text.npos);
    CHECK(draw_text(p).find('\x1b') == std::string::npos);
}

TEST_CASE("names from outside cannot command the terminal") {
    const picture p{"t\x1b[2J", {{"n\x1b]0;x\x07", 0, {{"io", 1}}, "r\r\n"}}};
    CHECK(draw_text(p).find_first_of("\x1b\r\x07") == std::string::npos);
}

TEST_CASE("requests beyond the rows are counted") {
    picture p{"", {}};
    for (int i = 0; i < 100; ++i) p.requests.push_back({"r", 0.1 * i, {{"io", 0.1}}, "200"});
    const auto lines = lines_of(draw_text(p, {.utf8 = false, .rows = 10}));
    CHECK(lines.size() == 13);
    CHECK(lines[10] == "    and 90 more");
    CHECK(lines[12].find("10 s") != std::string::npos);
}

TEST_CASE("a picture of nothing is its title") {
    CHECK(draw_text({"nothing", {}}) == "nothing\n");
    CHECK(well_formed(draw_svg({})));
}

TEST_CASE("an axis has round marks in a unit that suits it") {
    CHECK(scale_for(10, 5).label(1) == "2 s");
    CHECK(scale_for(4, 9).label(3) == "1.5 s");
    CHECK(scale_for(0.012, 3).label(1) == "5 ms");
    CHECK(scale_for(0.0004, 4).label(4) == "400 us");
    CHECK(scale_for(600, 4).label(1) == "200 s");
}

TEST_CASE("the SVG is well-formed and draws every request of every picture") {
    const picture pictures[] = {sequential(), concurrent()};
    const std::string svg = draw_svg(pictures);
    CHECK(well_formed(svg));
    CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(count(svg, "&lt;delay/3&gt;") == 2);
    CHECK(count(svg, ">200</text>") == 8);
    CHECK(count(svg, "I/O NET") >= 5);
    CHECK(svg.find("one after another") != svg.npos);
}

TEST_CASE("the SVG escapes what comes from outside") {
    const picture p{"<b>&\"", {{"</svg><script>\x01", 0, {{"io", 1}}, "a<b"}}};
    const std::string svg = draw_svg(std::span(&p, 1));
    CHECK(well_formed(svg));
    CHECK(svg.find("<script") == svg.npos);
    CHECK(svg.find('\x01') == svg.npos);
}

TEST_CASE("the SVG's legend names the phases that show") {
    const picture p{"", {{"x", 0, {{"dns", 0.5}, {"connect", 0}, {"wait", 1}}, "200"}}};
    const std::string svg = draw_svg(std::span(&p, 1));
    CHECK(svg.find(">lookup</text>") != svg.npos);
    CHECK(svg.find(">wait</text>") != svg.npos);
    CHECK(svg.find(">connect</text>") == svg.npos);
}
