// SPDX-License-Identifier: MIT
// cli/picture.cpp: what the drawings have in common, and the one for terminals.
#include "cli/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "cli/text.hpp"

namespace nurt::cli {

double request_bar::end() const noexcept {
    double at = start;
    for (const phase& each : phases) at += each.seconds;
    return at;
}

double picture::seconds() const noexcept {
    double last = 0;
    for (const request_bar& each : requests) last = std::max(last, each.end());
    return last;
}

const phase_look& look_of(std::string_view phase) noexcept {
    static constexpr phase_look looks[] = {
        {"io", "I/O", '-', "\u2500", "36", "#3b78b8"},
        {"queue", "queued", '.', "\u00b7", "90", "#b4bcc8"},
        {"dns", "lookup", '~', "\u254c", "35", "#8e6bbf"},
        {"connect", "connect", '=', "\u2550", "33", "#dd9a2b"},
        {"tls", "TLS", '#', "\u2592", "31", "#c8553d"},
        {"send", "send", '_', "\u2581", "34", "#2f8f8a"},
        {"wait", "wait", '-', "\u2500", "36", "#3b78b8"},
        {"receive", "receive", '+', "\u2501", "32", "#4d9a4f"},
    };
    const auto* found = std::find_if(std::begin(looks), std::end(looks),
                                     [&](const phase_look& l) { return l.name == phase; });
    return found == std::end(looks) ? looks[0] : *found;
}

std::string axis_scale::label(std::size_t mark) const {
    const double at = static_cast<double>(mark) * step / unit;
    return fmt::format("{:.{}f} {}", at, mark == 0 ? 0 : decimals, unit_name);
}

axis_scale scale_for(double seconds, std::size_t steps) noexcept {
    const double least =
        std::max(seconds, 1e-6) / static_cast<double>(std::max<std::size_t>(steps, 1));
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    axis_scale scale;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        scale.step = power * factor;
        if (scale.step >= least * (1 - 1e-9)) break;
    }
    if (seconds < 1e-3) {
        scale.unit = 1e-6;
        scale.unit_name = "us";
    } else if (seconds < 1) {
        scale.unit = 1e-3;
        scale.unit_name = "ms";
    }
    const double digits = -std::floor(std::log10(scale.step / scale.unit) + 1e-9);
    scale.decimals = static_cast<int>(std::max(0.0, digits));
    return scale;
}

namespace {

// One column of an arrow.
struct cell {
    std::string text;
    const phase_look* look = nullptr;
};

// What is the same for all lines of a picture.
struct sheet {
    text_options options;
    std::size_t gutter = 0;  // columns left of time 0: the longest name
    std::size_t span = 0;    // columns that the time takes
    double seconds = 0;      // time that they stand for
    double per_second = 0;   // columns; such that the axis' marks are equally far from each other
    axis_scale axis;
    std::set<const phase_look*, std::less<>> seen;  // in the order of the table

    std::size_t column(double at) const noexcept {
        return static_cast<std::size_t>(std::max(std::lround(at * per_second), 0L));
    }
    double time(double column) const noexcept { return column / per_second; }
    bool ascii() const noexcept { return !options.utf8; }
    std::string colour(std::string_view text, std::string_view sgr) const {
        return coloured(text, options.colour ? sgr : "");
    }
};

std::string shown_name(const sheet& s, const request_bar& request) {
    // A third of the line at most, brackets included.
    const std::size_t limit = s.options.width / 3 - 2;
    return "<" + keep_end(printable(request.name, s.ascii()), limit, s.ascii()) + ">";
}

std::string shown_result(const sheet& s, const request_bar& request) {
    return keep_start(printable(request.result, s.ascii()), s.options.width / 4, s.ascii());
}

sheet lay_out(const picture& what, const text_options& options) {
    sheet s;
    s.options = options;
    s.options.width = std::max<std::size_t>(options.width, 40);
    s.seconds = std::max({options.seconds, what.seconds(), 1e-6});
    for (const request_bar& each : what.requests) {
        s.gutter = std::max(s.gutter, columns(shown_name(s, each)) + 1);
    }
    // The axis' last label may be centred at the right end.
    double span = static_cast<double>(s.options.width - s.gutter) - 3;
    for (const request_bar& each : what.requests) {
        const std::size_t result = columns(shown_result(s, each)) + 2;
        const auto room = static_cast<double>(s.options.width - s.gutter - result);
        // Pictures to be compared leave the same room, wherever their requests end.
        const double end = options.seconds > 0 ? s.seconds : each.end();
        span = std::min(span, room * s.seconds / std::max(end, 1e-9));
    }
    constexpr double least = 9;  // columns from mark to mark: "100 ms" and air
    s.axis = scale_for(s.seconds, static_cast<std::size_t>(span / least));
    s.per_second = std::floor(span / s.seconds * s.axis.step) / s.axis.step;
    s.span = std::max<std::size_t>(s.column(s.seconds), 1);
    return s;
}

const phase_look& look_at(const request_bar& request, double at) noexcept {
    double end = request.start;
    for (const phase& each : request.phases) {
        end += each.seconds;
        if (at < end) return look_of(each.name);
    }
    return look_of(request.phases.empty() ? "" : request.phases.back().name);
}

// Writes what the arrow is about in the middle of its longest phase; queueing is no I/O.
void write_word(std::vector<cell>& cells) {
    std::size_t left = 0;
    std::size_t length = 0;
    for (std::size_t i = 0, first = 0; i < cells.size(); ++i) {
        if (cells[i].look != cells[first].look) first = i;
        if (i - first < length || cells[i].look->name == "queue") continue;
        left = first;
        length = i - first + 1;
    }
    const std::string_view word = length >= 11 ? "I/O NET" : length >= 6 ? "I/O" : "";
    left += (length - word.size()) / 2;
    for (std::size_t i = 0; i < word.size(); ++i) cells[left + i].text = word[i];
}

// The columns of an arrow: ---I/O NET-->, shorter words in a shorter one, at least its head.
std::vector<cell> arrow(const sheet& s, const request_bar& request) {
    const std::size_t first = std::min(s.column(request.start), s.span - 1);
    const std::size_t length = std::max<std::size_t>(s.column(request.end()), first + 1) - first;
    std::vector<cell> cells(length);
    for (std::size_t i = 0; i < length; ++i) {
        cells[i].look = &look_at(request, s.time(static_cast<double>(first + i) + 0.5));
        cells[i].text = s.options.utf8 ? std::string(cells[i].look->utf8)
                                       : std::string(1, cells[i].look->ascii);
    }
    write_word(cells);
    cells.back().text = s.options.utf8 ? "\u25ba" : ">";
    return cells;
}

std::string draw_arrow(sheet& s, const request_bar& request) {
    std::string out;
    std::string run;
    const phase_look* look = nullptr;
    const auto flush = [&] { out += s.colour(std::exchange(run, {}), look ? look->sgr : ""); };
    for (const cell& each : arrow(s, request)) {
        if (each.look != look) flush();
        look = each.look;
        run += each.text;
        s.seen.insert(look);
    }
    flush();
    return out;
}

std::string draw_line(sheet& s, const request_bar& request) {
    const std::string name = shown_name(s, request);
    const std::size_t first = std::min(s.column(request.start), s.span - 1);
    std::string out(s.gutter + first - 1 - columns(name), ' ');
    out += s.colour(name, "1") + " " + draw_arrow(s, request);
    const std::string result = shown_result(s, request);
    if (!result.empty()) out += " " + s.colour(result, request.ok ? "1;32" : "1;31");
    return out + "\n";
}

std::string draw_axis(const sheet& s) {
    std::string line(s.gutter, ' ');
    std::string labels;
    std::size_t mark = 0;
    for (std::size_t at = 0; at <= s.span; ++at) {
        if (s.column(static_cast<double>(mark) * s.axis.step) != at) {
            line += s.options.utf8 ? "\u2500" : "-";
            continue;
        }
        line += !s.options.utf8 ? "+" : at == 0 ? "\u2514" : at == s.span ? "\u2518" : "\u2534";
        const std::string label = s.axis.label(mark++);
        labels = pad_right(labels, s.gutter + at - (at == 0 ? 0 : (label.size() - 1) / 2)) + label;
    }
    return s.colour(line, "2") + "\n" + s.colour(labels, "2") + "\n";
}

std::string draw_legend(const sheet& s) {
    std::string out(s.gutter, ' ');
    std::size_t at = s.gutter;
    for (const phase_look* each : s.seen) {
        const std::size_t width = 3 + 1 + each->label.size();
        if (at > s.gutter && at + 3 + width > s.options.width) {
            out += "\n" + std::string(s.gutter, ' ');
            at = s.gutter;
        } else if (at > s.gutter) {
            out += "   ";
            at += 3;
        }
        at += width;
        const std::string sample =
            s.options.utf8 ? repeat(each->utf8, 3) : std::string(3, each->ascii);
        out += s.colour(sample, each->sgr) + " " + std::string(each->label);
    }
    return out + "\n";
}

}  // namespace

std::string draw_text(const picture& what, const text_options& options) {
    picture drawn = what;
    const std::size_t all = what.requests.size();
    if (options.rows > 0 && all > options.rows) drawn.requests.resize(options.rows);
    text_options on = options;
    on.seconds = std::max(options.seconds, what.seconds());
    sheet s = lay_out(drawn, on);
    std::string out;
    if (!what.title.empty()) out += s.colour(printable(what.title, s.ascii()), "1") + "\n";
    if (all == 0) return out;
    for (const request_bar& each : drawn.requests) out += draw_line(s, each);
    if (drawn.requests.size() < all) {
        out += fmt::format("{}and {} more\n", std::string(s.gutter, ' '), all - options.rows);
    }
    out += draw_axis(s);
    s.seen.erase(&look_of(""));  // plain I/O explains itself
    if (!s.seen.empty()) out += draw_legend(s);
    return out;
}

}  // namespace nurt::cli
