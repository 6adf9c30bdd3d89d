// SPDX-License-Identifier: MIT
#include "cli/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/text.hpp"

namespace nurt::cli {

namespace {

constexpr std::string_view gap = "  ";

std::string cell(const std::vector<std::string>& row, std::size_t at) {
    return at < row.size() ? printable(row[at]) : std::string();
}

std::vector<std::size_t> widths_of(const table& what) {
    std::vector<std::size_t> widths;
    for (const table_column& each : what.columns) widths.push_back(columns(each.heading));
    for (const auto& row : what.rows) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], columns(cell(row, i)));
        }
    }
    return widths;
}

std::string without_end_spaces(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

std::string draw_table(const table& what, bool utf8) {
    const std::vector<std::size_t> widths = widths_of(what);
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string out;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            if (i > 0) out += gap;
            out += what.columns[i].side == align::left ? pad_right(cell(cells, i), widths[i])
                                                       : pad_left(cell(cells, i), widths[i]);
        }
        return without_end_spaces(std::move(out));
    };
    std::vector<std::string> headings;
    std::vector<std::string> rules;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        headings.push_back(what.columns[i].heading);
        rules.push_back(repeat(utf8 ? "\u2500" : "-", widths[i]));
    }
    std::string out = line(headings) + line(rules);
    for (const auto& row : what.rows) out += line(row);
    return out;
}

table comparison_table(std::span<const comparison> runs) {
    table out;
    out.columns = {{"variant", align::left},  {"status codes", align::left},
                   {"wall s", align::right},  {"CPU ms", align::right},
                   {"threads", align::right}, {"peak memory MiB", align::right}};
    for (const comparison& each : runs) {
        out.rows.push_back({each.variant, fmt::format("{}", fmt::join(each.statuses, " ")),
                            fmt::format("{:.3f}", each.wall_seconds),
                            fmt::format("{:.1f}", each.cpu_seconds * 1e3),
                            fmt::format("{}", each.threads),
                            fmt::format("{:.1f}", each.peak_bytes / (1024.0 * 1024.0))});
    }
    return out;
}

}  // namespace nurt::cli
