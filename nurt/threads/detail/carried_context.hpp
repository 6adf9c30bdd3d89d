// SPDX-License-Identifier: MIT
// nurt/threads/detail/carried_context.hpp: context variables that cross to another thread.
#pragma once

#include "nurt/loop/context.hpp"

namespace nurt::detail {

// A copy of the context variables of who asks.
class carried_context {
public:
    carried_context() : box_(copy_of_current()) {}
    carried_context(const carried_context&) = delete;
    carried_context& operator=(const carried_context&) = delete;
    ~carried_context() { detail::release(box_); }
    context_box* box() const noexcept { return box_; }

private:
    context_box* box_;
};

}  // namespace nurt::detail
