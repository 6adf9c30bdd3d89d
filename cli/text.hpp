// SPDX-License-Identifier: MIT
// cli/text.hpp: text as columns of a terminal.
//
// Names and results come from the network or the command line: nothing of them may reach a terminal
// or an SVG file as it is. printable() comes first, the rest works on its results.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nurt::cli {

// The text with '?' for control characters and for what is not UTF-8; ascii: for all but ASCII.
std::string printable(std::string_view text, bool ascii = false);

// Columns that printable text takes: 2 for wide characters, 0 for combining ones.
std::size_t columns(std::string_view text) noexcept;

// The text if it fits, else its end after an ellipsis (of a URL the end tells more), or its start
// before one.
std::string keep_end(std::string_view text, std::size_t width, bool ascii = false);
std::string keep_start(std::string_view text, std::size_t width, bool ascii = false);

// Filled with spaces to the width.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

// The piece, count times.
std::string repeat(std::string_view piece, std::size_t count);

// 1.25 s, 12.5 ms, 850 us: three digits that matter.
std::string human_seconds(double seconds);

// The text in a colour of the terminal, an SGR parameter such as "1;32"; "" leaves it as it is.
std::string coloured(std::string_view text, std::string_view sgr);

}  // namespace nurt::cli
