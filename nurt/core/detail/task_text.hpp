// SPDX-License-Identifier: MIT
// nurt/core/detail/task_text.hpp: tasks and places in messages.
#pragma once

#include <source_location>
#include <string>

namespace nurt::detail {

class task_base;

// Its name, without giving it one that it would keep.
std::string name_of(const task_base& task);
// "file:line".
std::string text_of(const std::source_location& place);
// Of the co_await at which it is suspended; line 0 when it is not.
std::source_location innermost_place(const task_base& task) noexcept;

}  // namespace nurt::detail
