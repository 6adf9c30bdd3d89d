// SPDX-License-Identifier: MIT
#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/text.hpp"

namespace nurt::cli {

namespace {

using state_t = progress_item::state_t;

constexpr std::size_t time_width = 7;     // "12.3 ms", "1.00 s"
constexpr std::size_t result_width = 12;  // longer ones are cut while drawing

std::string shown_name(const progress_item& item, std::size_t limit, bool ascii) {
    return "<" + keep_end(printable(item.name, ascii), limit, ascii) + ">";
}

std::string_view colour_of(state_t state) noexcept {
    switch (state) {
        case state_t::waiting: return "90";
        case state_t::running: return "36";
        case state_t::done: return "32";
        case state_t::failed: return "31";
    }
    return "";
}

double longest(std::span<const progress_item> items) noexcept {
    double most = 1e-3;
    for (const progress_item& each : items) most = std::max({most, each.elapsed, each.expected});
    return most;
}

// What passed, and for a request that runs the rest that is expected.
std::string draw_bar(const progress_item& item, double scale, std::size_t width, bool utf8) {
    const auto cells = [&](double seconds) {
        const double exact = seconds / scale * static_cast<double>(width);
        return std::min(width, static_cast<std::size_t>(exact + 0.5));
    };
    const std::size_t passed = cells(item.elapsed);
    const bool runs = item.state == state_t::running;
    const std::size_t all = runs ? std::max(passed, cells(item.expected)) : passed;
    return repeat(utf8 ? "\u2501" : "=", passed) + repeat(utf8 ? "\u2504" : ".", all - passed) +
           std::string(width - all, ' ');
}

std::string draw_row(const progress_item& item, std::size_t name_width, double scale,
                     const progress_options& options) {
    const bool ascii = !options.utf8;
    std::string out = pad_right(shown_name(item, name_width - 2, ascii), name_width);
    const std::size_t room = options.width - std::min(options.width, name_width + time_width + 2);
    const std::size_t result_room = std::min(room, result_width);
    const std::string_view sgr = options.colour ? colour_of(item.state) : "";
    if (room > result_width + 5) {
        const std::size_t bar = room - result_width - 1;
        out += " " + coloured(draw_bar(item, scale, bar, options.utf8), sgr);
    }
    const bool begun = item.state != state_t::waiting;
    out += " " + pad_left(begun ? human_seconds(item.elapsed) : "", time_width);
    const std::string result = keep_start(printable(item.result, ascii), result_room, ascii);
    if (!result.empty()) out += " " + coloured(result, sgr);
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

std::string summary(std::span<const progress_item> items, const progress_options& options) {
    std::size_t count[4] = {};
    for (const progress_item& each : items) ++count[static_cast<std::size_t>(each.state)];
    const auto [waiting, running, done, failed] = count;
    std::string out =
        fmt::format("{} of {} done, {} running", done + failed, items.size(), running);
    if (waiting > 0) out += fmt::format(", {} waiting", waiting);
    if (failed > 0) out += fmt::format(", {} failed", failed);
    return keep_start(out, options.width, true);
}

// All of them if they fit, else those that run, longest first.
std::vector<const progress_item*> shown_items(std::span<const progress_item> items,
                                              std::size_t rows) {
    std::vector<const progress_item*> shown;
    const bool all = items.size() <= rows;
    for (const progress_item& each : items) {
        if (all || each.state == state_t::running) shown.push_back(&each);
    }
    if (all) return shown;
    const auto longer = [](const progress_item* a, const progress_item* b) {
        return a->elapsed != b->elapsed ? a->elapsed > b->elapsed : a < b;
    };
    std::sort(shown.begin(), shown.end(), longer);
    shown.resize(std::min(shown.size(), rows > 0 ? rows - 1 : 0));  // the summary is a row too
    return shown;
}

}  // namespace

std::vector<std::string> render_progress(std::span<const progress_item> items,
                                         const progress_options& options) {
    const auto shown = shown_items(items, options.rows);
    std::vector<std::string> lines;
    if (items.size() > options.rows) lines.push_back(summary(items, options));
    const std::size_t limit = std::max<std::size_t>(options.width / 3, 6);
    std::size_t name_width = 0;
    for (const progress_item* each : shown) {
        const std::string name = shown_name(*each, limit - 2, !options.utf8);
        name_width = std::max(name_width, columns(name));
    }
    const double scale = longest(items);
    for (const progress_item* each : shown) {
        lines.push_back(draw_row(*each, name_width, scale, options));
    }
    return lines;
}

std::string render_ended(const progress_item& item, const progress_options& options) {
    const bool ascii = !options.utf8;
    return fmt::format("<{}> {} {}", printable(item.name, ascii), printable(item.result, ascii),
                       human_seconds(item.elapsed));
}

std::string progress_painter::back_to_top() {
    std::string out;
    if (drawn_ > 0) out = fmt::format("\x1b[{}A", drawn_);
    return out + "\r";
}

std::string progress_painter::update(std::span<const progress_item> items) {
    std::string out;
    if (options_.terminal) {
        const std::vector<std::string> lines = render_progress(items, options_);
        out = back_to_top();
        for (const std::string& line : lines) out += line + "\x1b[K\n";
        out += "\x1b[J";  // lines of the last drawing that this one has not
        drawn_ = lines.size();
        return out;
    }
    told_.resize(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (told_[i] || !items[i].ended()) continue;
        told_[i] = true;
        out += render_ended(items[i], options_) + "\n";
    }
    return out;
}

std::string progress_painter::finish(std::span<const progress_item> items, bool clear) {
    if (!options_.terminal || !clear) return update(items);
    std::string out = back_to_top() + "\x1b[J";
    drawn_ = 0;
    return out;
}

void progress_display::update(std::span<const progress_item> items) {
    write(painter_.update(items));
}

void progress_display::finish(std::span<const progress_item> items, bool clear) {
    write(painter_.finish(items, clear));
}

// A failed write is the terminal's end; the program's own output will notice it.
void progress_display::write(const std::string& bytes) {
    std::fwrite(bytes.data(), 1, bytes.size(), out_);
    std::fflush(out_);
}

progress_options options_for(std::FILE* out) {
    progress_options options;
    const int descriptor = ::fileno(out);
    options.terminal = ::isatty(descriptor) == 1;
    winsize size{};
    if (options.terminal && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        options.width = size.ws_col;
        options.rows = std::min<std::size_t>(options.rows, size.ws_row > 2 ? size.ws_row - 1U : 1);
    }
    const auto variable = [](const char* name) {
        const char* text = std::getenv(name);
        return std::string_view(text == nullptr ? "" : text);
    };
    options.colour = options.terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
    // What setlocale() would take, without changing the locale of the program.
    std::string_view charset = variable("LC_ALL");
    if (charset.empty()) charset = variable("LC_CTYPE");
    if (charset.empty()) charset = variable("LANG");
    options.utf8 = charset.find("UTF-8") != charset.npos || charset.find("utf8") != charset.npos;
    return options;
}

}  // namespace nurt::cli
