// SPDX-License-Identifier: MIT
#include "nurt/core/future.hpp"

#include "nurt/base/frame_pool.hpp"
#include "nurt/core/detail/generator_core.hpp"
#include "nurt/loop/callback_node.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

namespace {

// Waits for a future and then schedules a callback; never runs it inline.
struct callback_listener final : settle_listener, ready_node {
    callback_listener(event_loop& l, unique_function<void()> c)
        : loop(l), callback(std::move(c)), context(copy_of_current()) {}
    ~callback_listener() { detail::release(context); }

    static void* operator new(std::size_t size) { return frame_pool::allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        frame_pool::deallocate(memory, size);
    }

    void settled(future_base&) noexcept override { loop.push_ready(*this); }
    void run() noexcept override {
        run_guarded(loop, callback, context);
        delete this;
    }
    void discard() noexcept override { delete this; }
    const char* type_name() const noexcept override { return callback.target_type().name(); }
    void abandoned() noexcept override { delete this; }

    std::uint64_t callback_number() const noexcept override { return number; }

    event_loop& loop;
    std::uint64_t number = 0;
    unique_function<void()> callback;
    context_box* context;  // a copy of the one in which it was added
};

}  // namespace

void check_error(const std::exception_ptr& error) {
    if (!error) {
        throw usage_error("set_exception needs an exception");
    }
    try {
        std::rethrow_exception(error);
    } catch (const stop_iteration_base&) {
        throw usage_error("stop_iteration cannot be the error of a future");
    } catch (...) {  // nothing is swallowed: it stays in error
    }
}

done_callback add_done_callback(future_base& target, unique_function<void()> callback) {
    thread_local std::uint64_t last_number = 0;
    auto* listener = new callback_listener(event_loop::running(), std::move(callback));
    const std::uint64_t number = listener->number = ++last_number;
    if (target.done()) {
        listener->settled(target);
    } else {
        target.listen(*listener);
    }
    return done_callback{number};
}

std::size_t remove_done_callback(future_base& target, done_callback callback) noexcept {
    if (callback == done_callback{}) {
        return 0;
    }
    settle_listener* const last = target.last_listener;
    settle_listener* l = last;
    while (l != nullptr) {
        if (l->callback_number() == static_cast<std::uint64_t>(callback)) {
            target.unlisten(*l);
            l->abandoned();
            return 1;
        }
        l = l->next_listener == last ? nullptr : l->next_listener;
    }
    return 0;
}

event_loop& loop_of(const future_base& target) {
    event_loop* loop = loop_at(target.home());
    if (loop == nullptr) {
        throw_usage("the event loop of this task or future has gone");
    }
    return *loop;
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
