// SPDX-License-Identifier: MIT
#include "nurt/core/future.hpp"

#include "nurt/base/frame_pool.hpp"
#include "nurt/loop/callback_node.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

namespace {

// Waits for a future and then schedules a callback; never runs it inline.
struct callback_listener final : settle_listener, ready_node {
    callback_listener(event_loop& l, unique_function<void()> c) noexcept
        : loop(l), callback(std::move(c)) {}

    static void* operator new(std::size_t size) { return frame_pool::allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        frame_pool::deallocate(memory, size);
    }

    void settled(future_base&) noexcept override { loop.push_ready(*this); }
    void run() noexcept override {
        run_guarded(loop, callback);
        delete this;
    }
    void discard() noexcept override { delete this; }
    void abandoned() noexcept override { delete this; }

    event_loop& loop;
    unique_function<void()> callback;
};

}  // namespace

void add_done_callback(future_base& target, unique_function<void()> callback) {
    auto* listener = new callback_listener(event_loop::running(), std::move(callback));
    if (target.done()) {
        listener->settled(target);
    } else {
        target.listen(*listener);
    }
}

std::exception_ptr exception_of(future_base& f) {
    if (!f.done()) {
        throw_invalid_state("exception is not set");
    }
    if (f.cancelled()) {
        std::rethrow_exception(f.result_base().error);
    }
    f.mark_retrieved();
    return f.result_base().error;
}

}  // namespace nurt::detail
