// SPDX-License-Identifier: MIT
// tests/http/feed.hpp: gives text to the parsers in pieces and tells what came out.
//
// A result is one printable text, so that two ways of feeding can be compared and a failure reads
// well. Also used by the fuzz targets.
#pragma once

#include <nurt/http/chunked.hpp>
#include <nurt/http/request_parser.hpp>
#include <nurt/http/response_parser.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nurt_test {

using nurt::http::chunk_decoder;
using nurt::http::framing;
using nurt::http::headers_view;
using nurt::http::parse_error;
using nurt::http::progress;
using nurt::http::request_parser;
using nurt::http::response_parser;

inline std::string show(headers_view fields) {
    std::string text;
    for (const auto field : fields) {
        text.append("\n").append(field.name).append("=").append(field.value);
    }
    return text;
}

inline std::string show(framing body) {
    switch (body.how) {
        case framing::kind::none: return "none";
        case framing::kind::length: return "length " + std::to_string(body.length);
        case framing::kind::chunked: return "chunked";
        case framing::kind::until_close: return "until close";
    }
    return "";
}

inline std::string show(const parse_error& error) {
    return std::to_string(error.status) + ": " + error.text;
}

inline std::string show_head(const request_parser& parser) {
    const auto head = parser.head();
    std::string text(head.method);
    text.append(" ").append(head.target).append(" 1.").append(std::to_string(head.minor_version));
    text.append(" at ").append(head.authority).append(" body ").append(show(head.body));
    text.append(head.keep_alive ? " keep" : " close").append(head.expect_continue ? " expect" : "");
    text.append(head.upgrade ? " upgrade" : "");
    text.append(" size ").append(std::to_string(parser.size()));
    return text + show(head.fields);
}

inline std::string show_head(const response_parser& parser) {
    const auto head = parser.head();
    std::string text = std::to_string(head.status);
    text.append(" ").append(head.reason).append(" 1.").append(std::to_string(head.minor_version));
    text.append(" body ").append(show(head.body)).append(head.keep_alive ? " keep" : " close");
    text.append(head.upgrade ? " upgrade" : "");
    text.append(" size ").append(std::to_string(parser.size()));
    return text + show(head.fields);
}

// A copy in a block of its own size, so that ASan sees a read past the end and stale views.
class exact_copy {
public:
    explicit exact_copy(std::string_view text) : bytes_(text.begin(), text.end()) {}
    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::vector<char> bytes_;
};

// Feeds `text` so that the parser sees more of it each time: `first` bytes, then `step` more and
// so on.
template <class Parser>
std::string feed(Parser& parser, std::string_view text, std::size_t first, std::size_t step) {
    std::size_t seen = std::min(first, text.size());
    for (;;) {
        const exact_copy copy(text.substr(0, seen));
        const progress state = parser.parse(copy.view());
        if (state == progress::done) return show_head(parser);
        if (state == progress::failed) return show(parser.error());
        if (seen == text.size()) return "need more";
        seen += std::min(step, text.size() - seen);
    }
}

inline std::string read_request(std::string_view text, nurt::http::limits limits = {}) {
    request_parser parser(limits);
    return feed(parser, text, text.size(), 1);
}

inline std::string read_response(std::string_view text, std::string_view method = "GET") {
    response_parser parser;
    parser.reset(method);
    return feed(parser, text, text.size(), 1);
}

// Decodes a body given in pieces of `step` bytes after a first one of `first`.
inline std::string feed_chunks(chunk_decoder& decoder, std::string_view text, std::size_t first,
                               std::size_t step) {
    std::string body;
    std::size_t total = 0;
    std::size_t piece = first;
    while (total < text.size()) {
        const exact_copy copy(text.substr(total, std::max<std::size_t>(piece, 1)));
        std::string_view rest = copy.view();
        while (!rest.empty()) {
            const auto part = decoder.next(rest);
            body.append(part.data);
            total += part.consumed;
            rest.remove_prefix(part.consumed);
            if (part.state == progress::failed) return show(decoder.error());
            if (part.state == progress::done) {
                return body + " size " + std::to_string(total) + show(decoder.trailers());
            }
        }
        piece = step;
    }
    return "need more after " + body;
}

inline std::string read_chunks(std::string_view text, nurt::http::limits limits = {}) {
    chunk_decoder decoder(limits);
    return feed_chunks(decoder, text, text.size(), 1);
}

}  // namespace nurt_test
