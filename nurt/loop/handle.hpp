// SPDX-License-Identifier: MIT
// nurt/loop/handle.hpp: a callback that was given to a loop.
#pragma once

#include "nurt/base/time.hpp"

namespace nurt {

class event_loop;

namespace detail {
struct callback_node;
}

// What call_soon, call_later and call_at return; copies refer to one callback. Dropping it leaves
// the callback scheduled. Python: asyncio.Handle, asyncio.TimerHandle.
class handle {
public:
    handle() = default;
    handle(const handle& other) noexcept;
    handle(handle&& other) noexcept : node_(other.node_) { other.node_ = nullptr; }
    handle& operator=(handle other) noexcept;
    ~handle();

    // The callback will not run; what it holds is destroyed at once. May be repeated; without
    // effect once it has run.
    void cancel() noexcept;
    bool cancelled() const noexcept;

    // When a timer is due; instant() for call_soon.
    instant when() const noexcept;

private:
    friend class event_loop;
    explicit handle(detail::callback_node* node) noexcept : node_(node) {}

    detail::callback_node* node_ = nullptr;
};

}  // namespace nurt
