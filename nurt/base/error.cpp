// SPDX-License-Identifier: MIT
#include "nurt/base/error.hpp"

namespace nurt {

namespace {

std::string text(const std::error_code& code, std::string_view attempt) {
    std::string out(attempt);
    out += ": ";
    out += code.message();
    return out;
}

}  // namespace

os_error::os_error(int code, std::string_view attempt)
    : os_error(std::error_code(code, std::generic_category()), attempt) {}

os_error::os_error(std::error_code code, std::string_view attempt)
    : error(text(code, attempt)), code_(code) {}

}  // namespace nurt
