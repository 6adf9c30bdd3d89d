// SPDX-License-Identifier: MIT
#include "nurt/core/exception_group.hpp"

namespace nurt {

namespace {

std::string describe(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

std::string text(const std::string& message, const std::vector<std::exception_ptr>& errors) {
    std::string out = message + " (" + std::to_string(errors.size()) +
                      (errors.size() == 1 ? " error: " : " errors: ");
    for (std::size_t i = 0; i < errors.size(); ++i) {
        out += (i == 0 ? "" : "; ") + describe(errors[i]);
    }
    return out + ")";
}

}  // namespace

exception_group::exception_group(const std::string& message, std::vector<std::exception_ptr> errors)
    : error(text(message, errors)), errors_(std::move(errors)) {}

}  // namespace nurt
