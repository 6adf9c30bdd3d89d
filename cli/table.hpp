// SPDX-License-Identifier: MIT
// cli/table.hpp: aligned columns for a terminal.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace nurt::cli {

enum class align { left, right };

struct table_column {
    std::string heading;
    align side = align::left;
};

struct table {
    std::vector<table_column> columns;
    std::vector<std::vector<std::string>> rows;  // a missing cell is empty
};

// Lines with their newlines: headings, a rule, rows. No line ends in spaces.
std::string draw_table(const table& what, bool utf8 = true);

// One way of doing the same requests, as it was measured.
struct comparison {
    std::string variant;
    std::vector<int> statuses;
    double wall_seconds = 0;
    double cpu_seconds = 0;  // user and system
    int threads = 0;
    double peak_bytes = 0;  // resident memory at its highest
};

table comparison_table(std::span<const comparison> runs);

}  // namespace nurt::cli
