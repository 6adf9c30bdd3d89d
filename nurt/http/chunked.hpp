// SPDX-License-Identifier: MIT
// nurt/http/chunked.hpp: bodies of unknown length, piece by piece.
//
// Reading is strict: sizes of at most sixteen digits, CR LF only, extensions only as the grammar
// has them. Source: RFC 9112 section 7.1.
#pragma once

#include "nurt/http/detail/field_parser.hpp"
#include "nurt/http/headers.hpp"
#include "nurt/http/limits.hpp"
#include "nurt/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nurt::http {

// Reads a chunked body out of the bytes of a connection. Nothing is copied: each piece of the body
// is a view of the bytes given.
//
//     auto step = decoder.next(received);
//     consume(step.data);
//     received.remove_prefix(step.consumed);
//
// Trailers are checked and, unless they are kept, forgotten. Content-Length and the like among
// them mean nothing.
class chunk_decoder {
public:
    struct step {
        progress state;         // done: the body and its trailers have ended
        std::size_t consumed;   // bytes to drop; those of `data` are among them
        std::string_view data;  // the next piece of the body, possibly empty
    };

    explicit chunk_decoder(const limits& bounds = {}) : trailers_(bounds) {}

    // Reads on until it has data, or all of `received` is used up, or the body ends.
    step next(std::string_view received);

    // After `done`: the trailers. Valid until `reset`.
    headers_view trailers() const noexcept { return trailers_.view(text_.data()); }

    // After `failed`.
    const parse_error& error() const noexcept { return error_; }

    // Begins the next body.
    void reset() noexcept;

private:
    // What the next byte belongs to.
    enum class place : std::uint8_t {
        first_digit,
        size,
        gap,  // white space that must be followed by ';'
        name_start,
        name,
        name_end,
        value_start,
        value,
        quoted,
        quoted_pair,
        value_end,
        size_line_feed,
        data,
        data_return,
        data_line_feed,
        trailers,
        end,
        failed
    };

    void read_frame(char byte) noexcept;
    void read_digit(char byte) noexcept;
    void read_extension(char byte) noexcept;
    void read_quoted(char byte) noexcept;
    void count_extension() noexcept;
    void end_size() noexcept;
    step read_trailers(std::string_view received, std::size_t used);
    void fail(const char* why) noexcept;

    std::uint64_t left_ = 0;        // of the chunk
    std::uint32_t extension_ = 0;   // bytes, of this chunk
    std::uint32_t extensions_ = 0;  // bytes, of all chunks
    std::uint8_t digits_ = 0;
    place place_ = place::first_digit;
    detail::field_parser trailers_;
    std::string text_;  // of the trailers
    parse_error error_;
};

// Appends one chunk. Empty data appends nothing, since an empty chunk would end the body.
void append_chunk(std::string& out, std::string_view data);

// Appends what stands before a chunk's data, "1a\r\n"; the data must be followed by CR LF.
void append_chunk_head(std::string& out, std::uint64_t size);

// Ends a chunked body.
void append_last_chunk(std::string& out);
void append_last_chunk(std::string& out, const headers& trailers);

}  // namespace nurt::http
