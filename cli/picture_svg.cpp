// SPDX-License-Identifier: MIT
// cli/picture_svg.cpp: the drawing as an SVG document.
//
// Self-contained: no fonts, styles or scripts from elsewhere. The font is monospaced, so that the
// width of a text is known here: 0.6 em a column in every usual one.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "cli/picture.hpp"
#include "cli/text.hpp"

namespace nurt::cli {

namespace {

// Pixels.
constexpr double page = 960;
constexpr double margin = 32;
constexpr double font = 13;
constexpr double column = font * 0.602;
constexpr double row = 34;
constexpr double bar = 20;
constexpr double head = 9;  // length of the arrow's head
constexpr double heading = 44;
constexpr double axis = 40;
constexpr double between = 22;
constexpr double legend = 30;
constexpr std::size_t longest_name = 36;
constexpr std::size_t longest_result = 30;

constexpr std::string_view ink = "#1f2933";
constexpr std::string_view faint = "#66727f";
constexpr std::string_view grid = "#e3e8ee";
constexpr std::string_view good = "#2a7d3f";
constexpr std::string_view bad = "#b3352a";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string name_of(const request_bar& request) {
    return "<" + keep_end(printable(request.name), longest_name) + ">";
}

// A piece of a line, in pixels.
struct stretch {
    double from = 0;
    double to = 0;
    double length() const noexcept { return to - from; }
};

std::string result_of(const request_bar& request) {
    return keep_start(printable(request.result), longest_result);
}

// The writer of one document; it grows downwards.
class document {
public:
    explicit document(std::span<const picture> pictures);
    std::string text() &&;

private:
    template <class... T>
    void add(fmt::format_string<T...> format, T&&... arguments) {
        fmt::format_to(std::back_inserter(body_), format, std::forward<T>(arguments)...);
    }
    void label(double at, double y, std::string_view text, std::string_view colour,
               std::string_view more = {});
    void panel(const picture& what);
    void grid_lines(double top, double bottom);
    void request(const request_bar& what);
    void segments(const request_bar& what);
    void segment(const phase& what, stretch where, bool last);
    void write_words(stretch where);
    void draw_legend();

    double x(double seconds) const { return left_ + seconds / seconds_ * (right_ - left_); }

    std::string body_;
    double seconds_ = 1e-6;
    double left_ = 0;   // x of time 0
    double right_ = 0;  // x of the end of time
    double y_ = margin - 8;
    std::set<const phase_look*, std::less<>> seen_;
};

document::document(std::span<const picture> pictures) {
    std::size_t names = 0;
    for (const picture& each : pictures) {
        seconds_ = std::max(seconds_, each.seconds());
        for (const request_bar& r : each.requests) names = std::max(names, columns(name_of(r)));
    }
    left_ = margin + static_cast<double>(names + 1) * column;
    right_ = page - margin - 24;
    for (const picture& each : pictures) {
        for (const request_bar& r : each.requests) {
            const auto result = static_cast<double>(columns(result_of(r)) + 10) * column;
            const double share = std::max(r.end(), 1e-9) / seconds_;
            right_ = std::min(right_, left_ + (page - margin - result - left_) / share);
        }
    }
    for (const picture& each : pictures) panel(each);
    seen_.erase(&look_of(""));  // plain I/O explains itself
    if (!seen_.empty()) draw_legend();
}

std::string document::text() && {
    const double height = y_ + margin - 10;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, "
        "monospace\" font-size=\"{2:.0f}\">\n"
        "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#fbfcfd\"/>\n{3}</svg>\n",
        page, height, font, body_);
}

void document::label(double at, double y, std::string_view text, std::string_view colour,
                     std::string_view more) {
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\" {}>{}</text>\n", at, y, colour, more,
        escaped(text));
}

void document::panel(const picture& what) {
    y_ += heading;
    label(margin, y_ - 16, what.title, ink,
          "font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\" font-size=\"17\" "
          "font-weight=\"bold\"");
    const double bottom = y_ + row * static_cast<double>(what.requests.size()) + 4;
    grid_lines(y_, bottom);
    for (const request_bar& each : what.requests) request(each);
    y_ = bottom + axis + between;
}

void document::grid_lines(double top, double bottom) {
    const axis_scale scale = scale_for(seconds_, static_cast<std::size_t>((right_ - left_) / 70));
    for (std::size_t mark = 0;; ++mark) {
        const double at = static_cast<double>(mark) * scale.step;
        if (at > seconds_ * (1 + 1e-9)) break;
        add("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" stroke=\"{3}\"/>\n", x(at), top, bottom + 5,
            grid);
        label(x(at), bottom + 21, scale.label(mark), faint,
              "text-anchor=\"middle\" font-size=\"12\"");
    }
    add("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"#9aa5b1\"/>\n", left_, bottom, x(seconds_));
}

void document::request(const request_bar& what) {
    const double middle = y_ + row / 2;
    const double baseline = middle + font * 0.36;
    // Words stand clear of the grid.
    add("<g paint-order=\"stroke\" stroke=\"#fbfcfd\" stroke-width=\"5\">\n");
    label(x(what.start) - column, baseline, name_of(what), ink, "text-anchor=\"end\"");
    const double after = x(what.end()) + column;
    label(after, baseline, result_of(what), what.ok ? good : bad, "font-weight=\"bold\"");
    label(after + static_cast<double>(columns(result_of(what)) + 1) * column, baseline,
          human_seconds(what.end() - what.start), faint, "font-size=\"12\"");
    add("</g>\n");
    segments(what);
    y_ += row;
}

// One bar for each phase.
void document::segments(const request_bar& what) {
    const double end = std::max(x(what.end()), x(what.start) + 2);
    stretch words;
    double at = what.start;
    for (std::size_t i = 0; i < what.phases.size(); ++i) {
        const phase& each = what.phases[i];
        const bool last = i + 1 == what.phases.size();
        const double from = x(at);
        at += each.seconds;
        const stretch bar_of{from, last ? end : x(at)};
        if (!last && bar_of.length() < 0.3) continue;
        segment(each, bar_of, last);
        const stretch room{from, bar_of.to - (last ? head : 0)};
        if (each.name != "queue" && room.length() > words.length()) words = room;
    }
    write_words(words);
}

// The last bar carries the arrow's head.
void document::segment(const phase& what, stretch where, bool last) {
    const phase_look& look = look_of(what.name);
    const double top = y_ + (row - bar) / 2;
    const double neck = last && where.length() > head ? where.to - head : where.to;
    add("<path d=\"M{0:.1f} {1:.1f}H{2:.1f}L{3:.1f} {4:.1f}L{2:.1f} {5:.1f}H{0:.1f}Z\" "
        "fill=\"{6}\"><title>{7} {8}</title></path>\n",
        where.from, top, neck, where.to, top + bar / 2, top + bar, look.colour, look.label,
        human_seconds(what.seconds));
    seen_.insert(&look);
}

void document::write_words(stretch where) {
    const double fits = where.length() / column;
    const std::string_view words = fits > 9 ? "I/O NET" : fits > 5 ? "I/O" : "";
    if (words.empty()) return;
    label((where.from + where.to) / 2, y_ + row / 2 + font * 0.36, words, "#ffffff",
          "text-anchor=\"middle\"");
}

void document::draw_legend() {
    double at = left_;
    y_ += 2;
    for (const phase_look* each : seen_) {
        add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"14\" height=\"14\" rx=\"2\" fill=\"{}\"/>\n",
            at, y_ - 12, each->colour);
        label(at + 20, y_, each->label, ink);
        at += 20 + static_cast<double>(each->label.size() + 3) * column;
    }
    y_ += legend;
}

}  // namespace

std::string draw_svg(std::span<const picture> pictures) {
    return document(pictures).text();
}

}  // namespace nurt::cli
