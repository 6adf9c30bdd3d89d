// SPDX-License-Identifier: MIT
// nurt/loop/callback_node.hpp: a scheduled callback, shared by the loop and its handles.
#pragma once

#include "nurt/base/unique_function.hpp"
#include "nurt/loop/context.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/ready_queue.hpp"
#include "nurt/loop/timer_heap.hpp"

namespace nurt::detail {

// Pooled. The loop holds one reference until the callback has run; each handle holds one.
struct callback_node final : ready_node, timer_node {
    callback_node(event_loop& l, unique_function<void()> f) noexcept
        : callback(static_cast<unique_function<void()>&&>(f)), loop(&l) {}
    ~callback_node() { detail::release(context); }

    static void* operator new(std::size_t size);
    static void operator delete(void* memory, std::size_t size) noexcept;

    void run() noexcept override;
    void expire() noexcept override;
    void discard() noexcept override;
    const char* type_name() const noexcept override { return callback.target_type().name(); }
    void cancel() noexcept;
    void release() noexcept {
        if (--references == 0) {
            delete this;
        }
    }

    unique_function<void()> callback;
    event_loop* loop;
    context_box* context = nullptr;  // a copy of the one in which it was scheduled
    instant when;
    unsigned references = 2;
    bool cancelled = false;
};

// Runs a callback in its context; an exception goes to the loop's handler, and what is not a
// std::exception ends run_forever.
void run_guarded(event_loop& loop, unique_function<void()>& callback,
                 context_box* context) noexcept;

}  // namespace nurt::detail
