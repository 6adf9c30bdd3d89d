// SPDX-License-Identifier: MIT
// nurt/json/parse.hpp: JSON text to a value.
//
// Exactly RFC 8259: no comments, no trailing commas, no NaN, no byte order mark, UTF-8 checked, no
// lone surrogates. Arrays and objects may nest max_depth deep. Of two members with one name the
// last one counts. Integers beyond 64 bits become the nearest double.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "nurt/json/value.hpp"

namespace nurt::json {

// Deeper than any document that people write, and far from the end of a thread's stack.
inline constexpr std::size_t max_depth = 64;

// what() reads "parse JSON at byte 17: expected ':' after a member's name, found '}'".
class parse_error : public error {
public:
    parse_error(std::size_t position, const std::string& reason);

    std::size_t position() const noexcept { return position_; }  // bytes from the start

private:
    std::size_t position_;
};

// Throws parse_error. Python: json.loads.
value parse(std::string_view text);

// Nothing if the text is not JSON; never throws for that reason. why: becomes what parse() says.
std::optional<value> try_parse(std::string_view text, std::string* why = nullptr);

}  // namespace nurt::json
