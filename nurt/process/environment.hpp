// SPDX-License-Identifier: MIT
// nurt/process/environment.hpp: the environment that a child is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurt {

// Names and values, in no particular order. A value.
//
//     auto env = environment::current();   // or environment(), which is empty
//     env.set("LANG", "C").remove("DISPLAY");
//     co_await create_subprocess_exec("date", {}, {.env = &env});
class environment {
public:
    environment() = default;
    // A copy of this process's. Other threads may not change that meanwhile (setenv).
    static environment current();

    // usage_error when the name is empty or has a '=' in it, or one of them a zero byte.
    environment& set(std::string_view name, std::string_view value);
    environment& remove(std::string_view name) noexcept;

    std::optional<std::string_view> find(std::string_view name) const noexcept;
    std::size_t size() const noexcept { return entries_.size(); }

    // "NAME=value" each.
    const std::vector<std::string>& entries() const noexcept { return entries_; }

private:
    std::vector<std::string> entries_;
};

}  // namespace nurt
