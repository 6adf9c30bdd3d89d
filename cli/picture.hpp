// SPDX-License-Identifier: MIT
// cli/picture.hpp: what happened when, drawn to scale.
//
// One line for each request, as one would sketch it on a blackboard,
//
//     <warsaw> ---I/O NET--> 200
//              <radom> -------I/O NET------> 200
//
// but measured: the arrow begins and ends where the request did. As text for a terminal and as SVG.
// Pure functions; who measures and who prints is not known here.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nurt::cli {

// A part of a request. Names with a look of their own: queue, dns, connect, tls, send, wait, receive.
struct phase {
    std::string name;
    double seconds = 0;
};

struct request_bar {
    std::string name;
    double start = 0;           // seconds since the picture's beginning
    std::vector<phase> phases;  // one after another, without gaps
    std::string result;         // "200", "timed out"
    bool ok = true;

    double end() const noexcept;
};

struct picture {
    std::string title;
    std::vector<request_bar> requests;

    double seconds() const noexcept;  // when the last request ended
};

struct text_options {
    std::size_t width = 80;  // columns; less than 40 is drawn as 40
    bool utf8 = true;        // false: ASCII only
    bool colour = false;     // ANSI colours
    double seconds = 0;    // time at the right end, so that pictures compare; 0: the picture's own
    std::size_t rows = 0;  // more requests than this are counted, not drawn; 0: all are drawn
};

// Lines with their newlines: title, requests, axis, and a legend of the named phases that show.
std::string draw_text(const picture& what, const text_options& options = {});

// One self-contained document. Several pictures stand below each other on the same scale.
std::string draw_svg(std::span<const picture> pictures);

// How a phase is drawn. Unknown names are plain I/O.
struct phase_look {
    std::string_view name;
    std::string_view label;  // in the legend
    char ascii;
    std::string_view utf8;
    std::string_view sgr;     // colour in a terminal
    std::string_view colour;  // in SVG
};
const phase_look& look_of(std::string_view phase) noexcept;

// Where an axis has its marks: every step seconds, written in the unit with so many decimals.
struct axis_scale {
    double step = 1;
    double unit = 1;  // seconds
    std::string_view unit_name = "s";
    int decimals = 0;

    std::string label(std::size_t mark) const;  // "3 s" for mark 3
};
// The finest round scale with at most so many steps up to the end.
axis_scale scale_for(double seconds, std::size_t steps) noexcept;

}  // namespace nurt::cli
