// SPDX-License-Identifier: MIT
// examples/as_result.cpp: how something ended, as a value, when an error is an answer like others.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

nurt::coro<int> parse(std::string text) {
    co_await nurt::sleep(nurt::milliseconds(1));
    if (text.empty()) throw std::invalid_argument("there is nothing to parse");
    co_return std::stoi(text);
}

const char* why(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();  // lives as long as the exception_ptr
    }
}

nurt::coro<void> parse_all() {
    for (const char* text : {"41", ""}) {
        const auto end = co_await nurt::as_result(parse(text));
        if (!end) {
            std::printf("failed: %s\n", why(end.error()));
        } else {
            std::printf("a number\n");
        }
    }
    auto number = co_await nurt::as_result(parse("42"));
    std::printf("value: %d\n", number.value());  // would throw what parse threw
}

int main() {
    nurt::run(parse_all());
}

// prints:
// a number
// failed: there is nothing to parse
// value: 42
