// SPDX-License-Identifier: MIT
// nurt/http/chunked.cpp: the frame around chunks, byte by byte; their data, run by run.
#include "nurt/http/chunked.hpp"

#include "nurt/http/detail/scan.hpp"
#include "nurt/http/status.hpp"

#include <algorithm>

namespace nurt::http {

void chunk_decoder::reset() noexcept {
    left_ = 0;
    extension_ = 0;
    extensions_ = 0;
    digits_ = 0;
    place_ = place::first_digit;
    text_.clear();
    trailers_.reset(0, false);
    error_ = {};
}

chunk_decoder::step chunk_decoder::next(std::string_view received) {
    if (place_ == place::failed) return {progress::failed, 0, {}};
    std::size_t used = 0;
    while (used < received.size()) {
        if (place_ == place::data) {
            const std::uint64_t rest = received.size() - used;
            const auto size = static_cast<std::size_t>(std::min(rest, left_));
            left_ -= size;
            if (left_ == 0) place_ = place::data_return;
            return {progress::need_more, used + size, received.substr(used, size)};
        }
        if (place_ == place::trailers) return read_trailers(received, used);
        if (place_ == place::end) break;
        read_frame(received[used]);
        if (place_ == place::failed) return {progress::failed, used, {}};
        ++used;
    }
    return {place_ == place::end ? progress::done : progress::need_more, used, {}};
}

void chunk_decoder::fail(const char* why) noexcept {
    // The first error stays.
    if (error_.status == 0) error_ = {status::bad_request, why};
    place_ = place::failed;
}

void chunk_decoder::read_frame(char byte) noexcept {
    switch (place_) {
        case place::first_digit:
            if (detail::hex_digit(byte) < 0) return fail("a chunk without a size");
            place_ = place::size;
            [[fallthrough]];
        case place::size: return read_digit(byte);
        case place::size_line_feed:
            if (byte != '\n') return fail("a chunk size line that does not end with CR LF");
            return end_size();
        case place::data_return:
            if (byte != '\r') return fail("a chunk whose data is not followed by CR LF");
            place_ = place::data_line_feed;
            return;
        case place::data_line_feed:
            if (byte != '\n') return fail("a chunk whose data is not followed by CR LF");
            place_ = place::first_digit;
            return;
        default: return read_extension(byte);
    }
}

// Sixteen digits fill 64 bits; the top bit must stay free, as in Content-Length.
void chunk_decoder::read_digit(char byte) noexcept {
    constexpr int most_digits = 16;
    const int digit = detail::hex_digit(byte);
    if (digit < 0) {
        place_ = place::value_end;
        return read_extension(byte);
    }
    if (digits_ == most_digits || left_ > (std::uint64_t{1} << 59) - 1) {
        return fail("a chunk size that is too large");
    }
    ++digits_;
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
}

void chunk_decoder::count_extension() noexcept {
    const limits& bounds = trailers_.bounds();
    if (++extension_ > bounds.chunk_extension) return fail("chunk extensions above the limit");
    if (++extensions_ > bounds.chunk_extensions) return fail("chunk extensions above the limit");
}

// chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
void chunk_decoder::read_extension(char byte) noexcept {
    const bool may_end =
        place_ == place::name || place_ == place::value || place_ == place::value_end;
    if (byte == '\r' && may_end) {
        place_ = place::size_line_feed;
        return;
    }
    count_extension();
    if (place_ == place::failed) return;
    if (place_ == place::quoted || place_ == place::quoted_pair) return read_quoted(byte);
    const bool token = detail::is_byte(byte, detail::token_byte);
    const bool space = byte == ' ' || byte == '\t';
    const bool starts = place_ == place::name_start || place_ == place::value_start;
    if (starts && space) return;
    if (token && place_ == place::name_start) {
        place_ = place::name;
    } else if (token && place_ == place::value_start) {
        place_ = place::value;
    } else if (byte == '"' && place_ == place::value_start) {
        place_ = place::quoted;
    } else if (token && (place_ == place::name || place_ == place::value)) {
        return;
    } else if (byte == ';' && !starts) {
        place_ = place::name_start;
    } else if (byte == '=' && (place_ == place::name || place_ == place::name_end)) {
        place_ = place::value_start;
    } else if (space && !starts) {
        place_ = place_ == place::name || place_ == place::name_end ? place::name_end : place::gap;
    } else {
        fail("an illegal byte after a chunk size");
    }
}

void chunk_decoder::read_quoted(char byte) noexcept {
    if (!detail::is_byte(byte, detail::value_byte)) {
        return fail("an illegal byte in a chunk extension");
    }
    if (place_ == place::quoted_pair) {
        place_ = place::quoted;
    } else if (byte == '"') {
        place_ = place::value_end;
    } else if (byte == '\\') {
        place_ = place::quoted_pair;
    }
}

void chunk_decoder::end_size() noexcept {
    extension_ = 0;
    digits_ = 0;
    if (left_ != 0) {
        place_ = place::data;
        return;
    }
    place_ = place::trailers;
    trailers_.reset(0, false);
}

// Trailers are rare and small, so they are collected; the usual body has only the empty line.
chunk_decoder::step chunk_decoder::read_trailers(std::string_view received, std::size_t used) {
    const std::string_view rest = received.substr(used);
    const std::size_t before = text_.size();
    if (before == 0 && rest.size() >= 2 && rest[0] == '\r' && rest[1] == '\n') {
        place_ = place::end;
        return {progress::done, used + 2, {}};
    }
    text_.append(rest.substr(0, trailers_.bounds().head - before));
    const progress state = trailers_.parse(text_.data(), text_.size());
    if (state == progress::need_more) return {state, received.size(), {}};
    if (state == progress::failed) {
        error_ = trailers_.error();
        place_ = place::failed;
        return {state, used, {}};
    }
    place_ = place::end;
    text_.resize(trailers_.end());
    return {state, used + trailers_.end() - before, {}};
}

void append_chunk_head(std::string& out, std::uint64_t size) {
    static constexpr char digits[] = "0123456789abcdef";
    char text[18];
    std::size_t at = sizeof text;
    text[--at] = '\n';
    text[--at] = '\r';
    do {
        text[--at] = digits[size & 15];
        size >>= 4;
    } while (size != 0);
    out.append(text + at, sizeof text - at);
}

void append_chunk(std::string& out, std::string_view data) {
    if (data.empty()) return;
    append_chunk_head(out, data.size());
    out.append(data).append("\r\n");
}

void append_last_chunk(std::string& out) {
    out.append("0\r\n\r\n");
}

void append_last_chunk(std::string& out, const headers& trailers) {
    out.append("0\r\n").append(trailers.wire()).append("\r\n");
}

}  // namespace nurt::http
