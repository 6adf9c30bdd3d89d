// SPDX-License-Identifier: MIT
// tests/fuzz/http_request_fuzz.cpp: request heads, whole and in pieces.
//
// The first byte of the input is the size of the pieces. Promises checked: any cut gives the same
// result, and what was accepted is unambiguous when written down again.
#include "tests/http/feed.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace nurt::http;

void require(bool promise) {
    if (!promise) std::abort();
}

void check_accepted(std::string_view text) {
    request_parser parser;
    if (parser.parse(text) != progress::done) return;
    const request_head head = parser.head();
    require(parser.size() <= text.size() && parser.size() <= limits{}.head);
    require(head.fields.size() <= limits{}.fields);
    require(head.fields.count("content-length") <= 1 && head.fields.count("host") <= 1);
    require(head.minor_version == 0 || head.fields.contains("host"));
    require(!(head.fields.contains("content-length") && head.fields.contains("transfer-encoding")));
    std::string again(head.method);
    again.append(" ").append(head.target).append(" HTTP/1.");
    again.append(std::to_string(head.minor_version)).append("\r\n");
    headers copy;
    copy.add_all(head.fields);
    again.append(copy.wire()).append("\r\n");
    const std::string canonical = nurt_test::read_request(again, {.head = 1 << 20});
    require(canonical.find(" size ") != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t step = data[0] % 32 + 1U;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = nurt_test::read_request(text);
    request_parser parser;
    require(nurt_test::feed(parser, text, step, step) == whole);
    check_accepted(text);
    return 0;
}
