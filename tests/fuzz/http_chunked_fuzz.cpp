// SPDX-License-Identifier: MIT
// tests/fuzz/http_chunked_fuzz.cpp: chunked bodies, whole and in pieces.
//
// The first byte of the input is the size of the pieces. Promises checked: any cut gives the same
// result, and the same bytes as a body survive being encoded and decoded.
#include "tests/http/feed.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void check_round_trip(std::string_view body, std::size_t step) {
    std::string wire;
    for (std::size_t i = 0; i < body.size(); i += step) {
        nurt::http::append_chunk(wire, body.substr(i, step));
    }
    nurt::http::append_last_chunk(wire);
    nurt::http::chunk_decoder decoder;
    const std::string seen = nurt_test::feed_chunks(decoder, wire, step, step);
    if (seen != std::string(body) + " size " + std::to_string(wire.size())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t step = data[0] % 32 + 1U;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    nurt::http::chunk_decoder decoder;
    if (nurt_test::feed_chunks(decoder, text, step, step) != nurt_test::read_chunks(text)) {
        std::abort();
    }
    check_round_trip(text, step);
    return 0;
}
