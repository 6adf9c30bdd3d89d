// SPDX-License-Identifier: MIT
// nurt/json/detail/strict_parser.hpp: the slow parser that can explain itself.
//
// The fast parser says only that something is wrong. This one, a plain recursive descent by the
// grammar of RFC 8259, then goes over the same text and tells what was expected where. It also
// takes what the fast one cannot represent (integers beyond 64 bits), and it is the oracle of the
// fuzz test: both must agree about every input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nurt/json/value.hpp"

namespace nurt::json::detail {

class strict_parser {
public:
    explicit strict_parser(std::string_view text) noexcept : text_(text) {}

    // False: position() and reason() tell why, and out is of no use.
    bool parse(value& out);

    std::size_t position() const noexcept { return at_; }
    const std::string& reason() const noexcept { return reason_; }

private:
    bool element(value& out, std::size_t depth);
    bool array(value& out, std::size_t depth);
    bool object(value& out, std::size_t depth);
    bool member_of(std::vector<member>& out, std::size_t depth);
    bool string(std::string& out);
    bool escape(std::string& out);
    bool unicode_escape(std::string& out);
    bool hex4(std::uint32_t& unit);
    bool utf8(std::string& out);
    bool number(value& out);
    bool digits(std::string_view after);
    bool word(std::string_view spelling, value meaning, value& out);

    void skip_space() noexcept;
    bool take(char c) noexcept;
    bool next_is(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }
    bool fail(std::string_view reason);
    bool expected(std::string_view what);

    std::string_view text_;
    std::size_t at_ = 0;
    std::string reason_;
};

// The length of the well-formed UTF-8 sequence at the start of the text, 0 if there is none.
// The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t utf8_length(std::string_view text) noexcept;

void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace nurt::json::detail
