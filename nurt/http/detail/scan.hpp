// SPDX-License-Identifier: MIT
// nurt/http/detail/scan.hpp: runs of legal bytes, sixteen at a time.
//
// One table says which byte may stand where; the scanners below it answer "where does the run of
// legal bytes end". They never read outside [at, end). With SSE2 they look at sixteen bytes at
// once, everywhere else at one; both give the same answer. Source: RFC 9110 section 5.6 and 5.5,
// RFC 9112 section 3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace nurt::http::detail {

enum : unsigned char {
    token_byte = 1,       // tchar: methods, field names
    value_byte = 2,       // field values: visible, SP, HT and bytes from 0x80 up
    target_byte = 4,      // request targets: visible ASCII but '#', which only starts a fragment
    host_byte = 8,        // names in Host and URLs
    unreserved_byte = 16  // never percent-encoded
};

constexpr std::array<unsigned char, 256> make_byte_classes() {
    std::array<unsigned char, 256> table{};
    for (int i = 0; i < 256; ++i) {
        const bool alnum =
            (i >= '0' && i <= '9') || (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z');
        const bool visible = i > 0x20 && i < 0x7f;
        unsigned char& entry = table[static_cast<std::size_t>(i)];
        const auto among = [i](std::string_view set) {
            return i != 0 && set.find(static_cast<char>(i)) != std::string_view::npos;
        };
        if (alnum || among("!#$%&'*+-.^_`|~")) entry |= token_byte;
        if (visible || i == ' ' || i == '\t' || i >= 0x80) entry |= value_byte;
        if (visible && i != '#') entry |= target_byte;
        if (alnum || among("-._~")) entry |= host_byte | unreserved_byte;
    }
    return table;
}

inline constexpr std::array<unsigned char, 256> byte_classes = make_byte_classes();

inline bool is_byte(char byte, unsigned char kind) noexcept {
    return (byte_classes[static_cast<unsigned char>(byte)] & kind) != 0;
}

inline bool is_run(std::string_view text, unsigned char kind) noexcept {
    for (const char byte : text) {
        if (!is_byte(byte, kind)) return false;
    }
    return true;
}

inline bool is_token(std::string_view text) noexcept {
    return !text.empty() && is_run(text, token_byte);
}

inline const char* skip_bytes(const char* at, const char* end, unsigned char kind) noexcept {
    while (at != end && is_byte(*at, kind)) ++at;
    return at;
}

#if defined(__SSE2__)

// The first byte of [at, end) that `stops` marks; `end` if there is none. The bytes before `at`
// down to `begin` may be read too, so that the last block can overlap the one before it. Fewer
// than sixteen bytes in all are not looked at: then it returns `at`.
template <class Stops>
inline const char* find_stop(const char* begin, const char* at, const char* end,
                             Stops stops) noexcept {
    constexpr std::ptrdiff_t block = 16;
    const auto marks = [stops](const char* from) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        return static_cast<unsigned>(_mm_movemask_epi8(stops(bytes)));
    };
    for (; end - at >= block; at += block) {
        const unsigned found = marks(at);
        if (found != 0) return at + __builtin_ctz(found);
    }
    if (at == end || end - begin < block) return at;
    const unsigned found = marks(end - block) >> (block - (end - at));
    return found != 0 ? at + __builtin_ctz(found) : end;
}

inline __m128i any_of(__m128i bytes, char byte) noexcept {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

// Marks the bytes from `first` to `first` + `count`.
inline __m128i within(__m128i bytes, char first, char count) noexcept {
    const __m128i shifted = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(count)), shifted);
}

#endif

// The end of the token that begins at `at`, where `next` is expected. Here and below: all of
// [begin, end) may be read.
inline const char* skip_token(const char* begin, const char* at, const char* end,
                              char next) noexcept {
#if defined(__SSE2__)
    // Letters, digits and '-' make up nearly every name: the rest is left to the table.
    at = find_stop(begin, at, end, [](__m128i bytes) {
        const __m128i letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 25);
        const __m128i others = _mm_or_si128(within(bytes, '0', 9), any_of(bytes, '-'));
        return _mm_cmpeq_epi8(_mm_or_si128(letters, others), _mm_setzero_si128());
    });
    if (at != end && *at == next) return at;
#else
    static_cast<void>(next);
    static_cast<void>(begin);
#endif
    return skip_bytes(at, end, token_byte);
}

// The end of the run of field value bytes that begins at `at`.
inline const char* skip_value(const char* begin, const char* at, const char* end) noexcept {
#if defined(__SSE2__)
    at = find_stop(begin, at, end, [](__m128i bytes) {
        return _mm_or_si128(within(bytes, 0, 0x1f), any_of(bytes, 0x7f));
    });
    if (at != end && *at == '\r') return at;
    // It stops at a tab, which is legal but rare, and before the end of a short text.
#else
    static_cast<void>(begin);
#endif
    return skip_bytes(at, end, value_byte);
}

// The end of the run of request target bytes that begins at `at`.
inline const char* skip_target(const char* begin, const char* at, const char* end) noexcept {
#if defined(__SSE2__)
    at = find_stop(begin, at, end, [](__m128i bytes) {
        // Compared as signed numbers, so the bytes from 0x80 up are below 0x21 too.
        const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x21));
        return _mm_or_si128(low, _mm_or_si128(any_of(bytes, 0x7f), any_of(bytes, '#')));
    });
#else
    static_cast<void>(begin);
#endif
    return skip_bytes(at, end, target_byte);
}

inline char to_lower(char byte) noexcept {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
}

// True if both are the same text but for the case of ASCII letters.
inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
    }
    return true;
}

// True if the token at `name` is `lower` but for case. `lower` has only lower-case letters and
// '-', and both have the same length: then setting bit 5 of a tchar cannot make a false match.
template <std::size_t Size>
bool is_name(const char* name, const char (&lower)[Size]) noexcept {
    constexpr std::size_t length = Size - 1;
    using word = std::conditional_t<(length >= 8), std::uint64_t, std::uint32_t>;
    static_assert(length >= sizeof(word) && length <= 3 * sizeof(word));
    constexpr word bit = static_cast<word>(0x2020202020202020ULL);
    const auto differs = [&](std::size_t at) {
        word a;
        word b;
        std::memcpy(&a, name + at, sizeof(word));
        std::memcpy(&b, lower + at, sizeof(word));
        return (a | bit) ^ b;
    };
    word difference = differs(0) | differs(length - sizeof(word));
    if constexpr (length > 2 * sizeof(word)) difference |= differs(sizeof(word));
    return difference == 0;
}

// `text` without spaces and tabs around it.
inline std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// The next element of a comma-separated list, trimmed; takes it and its comma off `rest`.
inline std::string_view next_element(std::string_view& rest) noexcept {
    const std::size_t comma = rest.find(',');
    const std::string_view element = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    return trimmed(element);
}

// 0-15, or -1 if the byte is no hexadecimal digit.
inline int hex_digit(char byte) noexcept {
    if (byte >= '0' && byte <= '9') return byte - '0';
    const char lower = static_cast<char>(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace nurt::http::detail
