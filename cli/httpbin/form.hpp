// SPDX-License-Identifier: MIT
// cli/httpbin/form.hpp: bodies that browsers send, and bytes as JSON text.
#pragma once

#include <string>
#include <string_view>

#include "nurt/json/value.hpp"

namespace nurt::cli {

// A name that occurs once has a value, one that occurs more often a list of them.
void add_repeated(json::object& to, std::string_view name, json::value value);

struct form_data {
    json::object form;
    json::object files;
};

// The parts of a multipart/form-data body. One that ends too early gives what was complete.
form_data parse_multipart(std::string_view body, std::string_view boundary);

// The text after "name=" in a field such as Content-Type, without quotes; "" if it is not there.
std::string_view parameter(std::string_view field, std::string_view name);

// UTF-8 as it is, anything else as a data: URL.
std::string json_safe(std::string_view bytes, std::string_view content_type);

// The text with U+FFFD for what is not UTF-8.
std::string to_utf8(std::string_view text);
bool is_utf8(std::string_view text);

std::string base64(std::string_view bytes);

}  // namespace nurt::cli
