// SPDX-License-Identifier: MIT
// tests/parity/oracle/oracle.hpp: what the nurt half of an oracle program uses.
//
// Each program is a function here and a file THEME/NAME.py for asyncio; what the two say has to be
// equal. oracle.py explains the lines.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "nurt/nurt.hpp"

namespace oracle {

// The error of the programs' own.
struct oops : std::runtime_error {
    explicit oops(const char* message = "") : std::runtime_error(message) {}
};

// Registers the program THEME/NAME. The function is called once. In virtual time, or on the machine:
// its file for asyncio has to say the same.
enum class world : bool { virtual_time, machine };
class program {
public:
    program(const char* name, nurt::coro<> (*main)(), world where = world::virtual_time);
};

// Values in Python's spelling; an exception is its type, and its message where that is the
// program's. Text has its ends of lines as \n, and none is ''.
std::string text(bool value);
std::string text(double value);
std::string text(const std::exception_ptr& error);
std::string text(std::string_view value);
inline std::string text(const char* value) {
    return text(std::string_view(value));
}
inline std::string text(const std::string& value) {
    return text(std::string_view(value));
}
inline std::string text(std::monostate) {
    return "None";
}
template <std::integral T>
    requires(!std::same_as<T, bool>)
std::string text(T value) {
    return std::to_string(value);
}
template <class T>
std::string text(const std::optional<T>& value) {
    return value ? text(*value) : "None";
}

std::string list(const std::vector<std::string>& parts);

template <class T>
std::string text(const std::vector<T>& values) {
    std::vector<std::string> parts;
    for (const auto& v : values) parts.push_back(text(v));
    return list(parts);
}
template <class... T>
std::string text(const std::tuple<T...>& values) {
    return std::apply([](const T&... v) { return list({text(v)...}); }, values);
}

void say_line(const std::vector<std::string>& words);

template <class... T>
void say(const T&... what) {
    say_line({text(what)...});
}

// The exception that is being handled.
inline std::exception_ptr caught() {
    return std::current_exception();
}

// Turns of the loop since main began.
std::uint64_t turns();

// Awaits it and says how that ended.
template <class Awaited>
nurt::coro<> tell(const char* name, Awaited awaited) {
    try {
        if constexpr (std::is_void_v<typename Awaited::value_type>) {
            co_await std::move(awaited);
            say(name, "None");
        } else {
            const auto value = co_await std::move(awaited);
            say(name, value);
        }
    } catch (...) {
        say(name, caught());
    }
}

}  // namespace oracle
