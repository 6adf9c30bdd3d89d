// SPDX-License-Identifier: MIT
// tests/fuzz/json_fuzz.cpp: the two JSON parsers agree, and what is written reads back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "nurt/json/detail/strict_parser.hpp"
#include "nurt/json/parse.hpp"
#include "nurt/json/write.hpp"

namespace json = nurt::json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = json::try_parse(text);
    json::value strict;
    json::detail::strict_parser parser(text);
    if (parser.parse(strict) != parsed.has_value()) std::abort();
    if (!parsed) return 0;
    const std::string written = json::dump(*parsed);
    // The texts tell more than ==: they keep integers and doubles apart, and the sign of zero.
    if (json::dump(strict) != written) std::abort();
    if (json::parse(written) != *parsed) std::abort();
    if (json::dump(json::parse(written)) != written) std::abort();
    if (json::parse(json::dump(*parsed, {.indent = 1, .ascii = true})) != *parsed) std::abort();
    return 0;
}
