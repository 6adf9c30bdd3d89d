// SPDX-License-Identifier: MIT
// tests/fuzz/url_fuzz.cpp: URLs, relative references and queries.
//
// The input is a URL, a line feed and a reference. Promises checked: what was accepted is normal
// (parsing it again changes nothing), can be sent, and parameters survive.
#include <nurt/http/errors.hpp>
#include <nurt/http/query.hpp>
#include <nurt/http/url.hpp>
#include <nurt/http/writer.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace nurt::http;

void require(bool promise) {
    if (!promise) std::abort();
}

void check_accepted(const url& where) {
    require(url(where.str()) == where);
    require(where.port() != 0 && !where.host().empty());
    std::string head;
    append_request_line(head, "GET", where.target());
    append_field(head, "Host", where.authority());
    require(where.path().front() == '/');
    require(where.target().size() <= where.str().size());
}

void check_params(url where, std::string_view name, std::string_view value) {
    where.add_param(name, value);
    check_accepted(where);
    const query_params params = parse_query(where.query());
    require(!params.empty());
    require(params.back().first == name && params.back().second == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = text.find('\n');
    const std::string_view first = text.substr(0, line);
    const std::string_view second = line == std::string_view::npos ? "" : text.substr(line + 1);
    const auto where = url::try_parse(first);
    if (!where) return 0;
    check_accepted(*where);
    check_params(*where, second, first);
    try {
        check_accepted(where->join(second));
    } catch (const invalid_url&) {
    }
    const auto decoded = percent_decode(percent_encode(second));
    require(decoded == second);
    return 0;
}
