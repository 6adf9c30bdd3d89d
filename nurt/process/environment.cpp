// SPDX-License-Identifier: MIT
// nurt/process/environment.cpp: see the header.
#include "nurt/process/environment.hpp"

#include "nurt/base/error.hpp"

#include <unistd.h>

namespace nurt {

namespace {

bool is_named(std::string_view entry, std::string_view name) noexcept {
    return entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name);
}

}  // namespace

environment environment::current() {
    environment copy;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        copy.entries_.emplace_back(*entry);
    }
    return copy;
}

environment& environment::set(std::string_view name, std::string_view value) {
    constexpr std::string_view zero("\0", 1);
    if (name.empty() || name.find('=') != name.npos || name.find(zero) != name.npos ||
        value.find(zero) != value.npos) {
        throw usage_error("no variable of an environment: '" + std::string(name) + "'");
    }
    remove(name);
    entries_.emplace_back(std::string(name) + '=' + std::string(value));
    return *this;
}

environment& environment::remove(std::string_view name) noexcept {
    std::erase_if(entries_, [name](const std::string& each) { return is_named(each, name); });
    return *this;
}

std::optional<std::string_view> environment::find(std::string_view name) const noexcept {
    for (const std::string_view each : entries_) {
        if (is_named(each, name)) {
            return each.substr(name.size() + 1);
        }
    }
    return std::nullopt;
}

}  // namespace nurt
