// SPDX-License-Identifier: MIT
// nurt/stream/errors.cpp: see the header.
#include "nurt/stream/errors.hpp"

#include <utility>

namespace nurt {

namespace {

std::string describe(std::size_t partial, std::size_t expected) {
    std::string text = std::to_string(partial) + " bytes read on a total of ";
    text += expected != 0 ? std::to_string(expected) : "undefined";
    return text + " expected bytes";
}

}  // namespace

incomplete_read_error::incomplete_read_error(std::string partial, std::size_t expected)
    : error(describe(partial.size(), expected)),
      partial_(std::move(partial)),
      expected_(expected) {}

limit_overrun_error::limit_overrun_error(const std::string& message, std::size_t consumed)
    : error(message), consumed_(consumed) {}

}  // namespace nurt
