// SPDX-License-Identifier: MIT
// nurt/json/parse.cpp: the fast way in, by simdjson, which no other file includes.
#include "nurt/json/parse.hpp"

#include <simdjson.h>

#include "nurt/json/detail/strict_parser.hpp"

namespace nurt::json {

namespace {

namespace dom = simdjson::dom;

// False: something that the strict parser has to look at.
bool copy(const dom::element& from, value& to, std::size_t depth);

bool copy_array(const dom::array& from, value& to, std::size_t depth) {
    if (depth > max_depth) return false;
    array elements;
    elements.reserve(from.size());
    for (const dom::element each : from) {
        value one;
        if (!copy(each, one, depth)) return false;
        elements.append(std::move(one));
    }
    to = value(std::move(elements));
    return true;
}

bool copy_object(const dom::object& from, value& to, std::size_t depth) {
    if (depth > max_depth) return false;
    std::vector<member> members;
    members.reserve(from.size());
    for (const dom::key_value_pair each : from) {
        value one;
        if (!copy(each.value, one, depth)) return false;
        members.emplace_back(std::string(each.key), std::move(one));
    }
    to = value(object::from(std::move(members)));
    return true;
}

bool copy(const dom::element& from, value& to, std::size_t depth) {
    switch (from.type()) {
        case dom::element_type::NULL_VALUE: break;
        case dom::element_type::BOOL: to = value(from.get_bool().value_unsafe()); break;
        case dom::element_type::INT64: to = value(from.get_int64().value_unsafe()); break;
        case dom::element_type::UINT64: to = value(from.get_uint64().value_unsafe()); break;
        case dom::element_type::DOUBLE: to = value(from.get_double().value_unsafe()); break;
        case dom::element_type::STRING: to = value(from.get_string().value_unsafe()); break;
        case dom::element_type::ARRAY:
            return copy_array(from.get_array().value_unsafe(), to, depth + 1);
        case dom::element_type::OBJECT:
            return copy_object(from.get_object().value_unsafe(), to, depth + 1);
    }
    return true;
}

// A parser owns buffers of some ten bytes for each byte of text. Small texts, which are nearly all,
// share one for each thread: allocating it anew costs more than parsing does.
constexpr std::size_t small = 64 * 1024;

bool parse_fast(std::string_view text, value& out) {
    thread_local dom::parser shared;
    dom::parser own;
    dom::parser& parser = text.size() <= small ? shared : own;
    dom::element root;
    if (text.empty()) return false;  // simdjson hands a null pointer on to memcpy
    if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return false;
    return copy(root, out, 0);
}

}  // namespace

parse_error::parse_error(std::size_t position, const std::string& reason)
    : error("parse JSON at byte " + std::to_string(position) + ": " + reason),
      position_(position) {}

value parse(std::string_view text) {
    value out;
    if (parse_fast(text, out)) return out;
    detail::strict_parser strict(text);
    if (strict.parse(out)) return out;
    throw parse_error(strict.position(), strict.reason());
}

std::optional<value> try_parse(std::string_view text, std::string* why) {
    std::optional<value> out(std::in_place);
    if (parse_fast(text, *out)) return out;
    detail::strict_parser strict(text);
    if (strict.parse(*out)) return out;
    if (why != nullptr) *why = parse_error(strict.position(), strict.reason()).what();
    return std::nullopt;
}

}  // namespace nurt::json
