// SPDX-License-Identifier: MIT
// nurt/loop/threadsafe_node.hpp: a callback from another thread, shared by loop and handles.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "nurt/base/unique_function.hpp"
#include "nurt/loop/context.hpp"
#include "nurt/loop/ready_queue.hpp"

namespace nurt {

class event_loop;

namespace detail {

enum class callback_state : std::uint32_t {
    waiting,
    running,
    watched,  // running, and a thread waits for the end
    over,     // has run, or was dropped by close()
    cancelled,
};

// Pooled. The loop holds one reference until the callback has run; each handle holds one.
//
// Invariant: the callback belongs to who moves the state on from `waiting`.
struct threadsafe_node final : ready_node {
    threadsafe_node(event_loop& l, unique_function<void()> f)
        : callback(static_cast<unique_function<void()>&&>(f)),
          context(copy_of_current()),
          loop(&l) {}
    ~threadsafe_node() { detail::release(context); }

    static void* operator new(std::size_t size);
    static void operator delete(void* memory, std::size_t size) noexcept;

    void run() noexcept override;
    void discard() noexcept override;
    void cancel() noexcept;
    void retain() noexcept { references.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }
    bool leave_waiting(callback_state next) noexcept {
        callback_state expected = callback_state::waiting;
        return state.compare_exchange_strong(expected, next, std::memory_order_acq_rel);
    }

    unique_function<void()> callback;
    context_box* context;  // a copy of the calling thread's
    event_loop* loop;      // only compared, once the callback is over
    std::atomic<callback_state> state{callback_state::waiting};
    std::atomic<std::uint32_t> references{2};
};

}  // namespace detail
}  // namespace nurt
