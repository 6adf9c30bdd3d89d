// SPDX-License-Identifier: MIT
// tests/fuzz/http_response_fuzz.cpp: response heads, whole and in pieces.
//
// The first byte of the input is the size of the pieces and the method of the request. Promise
// checked: any cut gives the same result.
#include "tests/http/feed.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static constexpr std::string_view methods[] = {"GET", "HEAD", "CONNECT", "POST"};
    const std::size_t step = data[0] % 32 + 1U;
    const std::string_view method = methods[data[0] / 32 % 4];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = nurt_test::read_response(text, method);
    nurt::http::response_parser parser;
    parser.reset(method);
    if (nurt_test::feed(parser, text, step, step) != whole) std::abort();
    return 0;
}
