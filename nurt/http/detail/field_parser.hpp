// SPDX-License-Identifier: MIT
// nurt/http/detail/field_parser.hpp: field lines up to the empty line, for heads and trailers.
//
// The text may arrive in any pieces: each call gets all of it so far and goes on at the byte where
// the last one stopped, so every byte is looked at once and the result does not depend on how the
// text was cut. Positions are offsets, hence the text may move between calls. The few fields that
// decide about framing are understood on the way.
#pragma once

#include "nurt/http/headers.hpp"
#include "nurt/http/limits.hpp"
#include "nurt/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace nurt::http::detail {

// What the fields of a head say about the message and the connection.
struct head_facts {
    enum class coding : std::uint8_t { none, chunked, unknown };

    std::uint64_t content_length = 0;
    field_position host;
    std::uint8_t hosts = 0;  // 0, 1 or 2 for more
    bool has_length = false;
    coding transfer = coding::none;
    bool close = false;
    bool keep_alive = false;
    bool upgrade_listed = false;
    bool upgrade_named = false;
    bool expect_continue = false;
    bool expect_other = false;
};

class field_parser {
public:
    explicit field_parser(const limits& bounds) noexcept;

    // Expects the first field at offset `start`. `facts` tells whether the fields are a head's.
    void reset(std::uint32_t start, bool facts) noexcept;

    progress parse(const char* text, std::size_t size);

    const limits& bounds() const noexcept { return limits_; }
    const parse_error& error() const noexcept { return error_; }
    const head_facts& facts() const noexcept { return facts_; }
    std::uint32_t end() const noexcept { return at_; }  // after the empty line
    headers_view view(const char* text) const noexcept { return {text, fields_.data(), count_}; }

private:
    // What the next byte belongs to.
    enum class step : std::uint8_t { line, name, space, value, line_feed, last_line_feed, end };

    const char* window(const char* text, std::size_t size) noexcept;
    progress pause(const char* text, const char* at, step next) noexcept;
    progress fail(int status, const char* why) noexcept;
    progress fail_name(const char* text, const char* at) noexcept;
    progress read_line(const char* text, const char* end);
    progress read_end(const char* text, const char* at, const char* end) noexcept;
    const char* read_lines(const char* text, const char* at, std::size_t size);
    bool finish_field(const char* text, const char* stop);
    bool make_room();
    bool note(const char* name, std::string_view value) noexcept;
    bool note_length(std::string_view value) noexcept;
    bool note_coding(std::string_view value) noexcept;
    void note_connection(std::string_view value) noexcept;

    limits limits_;
    std::vector<field_position> fields_;  // the first count_ of them
    std::size_t count_ = 0;
    field_position field_;          // the one being read
    std::uint32_t at_ = 0;          // everything before it has been understood
    std::uint32_t line_limit_ = 0;  // the line must have ended before it
    step step_ = step::line;
    bool wants_facts_ = true;
    head_facts facts_;
    parse_error error_;
};

// 400 for whatever was found instead of a legal byte of a line.
parse_error illegal_byte(char byte) noexcept;

}  // namespace nurt::http::detail
