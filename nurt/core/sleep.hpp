// SPDX-License-Identifier: MIT
// nurt/core/sleep.hpp: let time pass, or let the others run.
#pragma once

#include <coroutine>
#include <utility>

#include "nurt/base/time.hpp"
#include "nurt/core/detail/task_base.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/loop/timer_heap.hpp"

namespace nurt {

namespace detail {

instant wake_up_time(duration delay);

class sleep_awaiter : public leaf, public timer_node {
public:
    explicit sleep_awaiter(duration delay)
        : when_(delay > duration::zero() ? wake_up_time(delay) : instant()) {}
    explicit sleep_awaiter(instant until) : when_(until) {}

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept {
        if (when_ == instant()) {
            this_thread.core->ready.push(waiter());
        } else {
            arm();
        }
    }
    void await_resume() const noexcept {}

    cancel_answer cancel() noexcept override;
    void expire() noexcept override { complete(); }

private:
    void arm() noexcept;

    instant when_;  // instant(): yield, the next turn
};

template <class T>
class sleep_value_awaiter final : public sleep_awaiter {
public:
    sleep_value_awaiter(duration delay, T value) : sleep_awaiter(delay), value_(std::move(value)) {}
    T await_resume() { return std::move(value_); }

private:
    T value_;
};

}  // namespace detail

// Suspends the task for at least `delay`; zero or less lets every other ready task run once.
// A cancellation ends it at once. Python: asyncio.sleep.
inline auto sleep(duration delay) {
    return detail::sleep_awaiter(delay);
}

// The same, and gives `value` back.
template <class T>
auto sleep(duration delay, T value) {
    return detail::sleep_value_awaiter<T>(delay, std::move(value));
}

// Until the loop's clock shows `when`.
inline auto sleep_until(instant when) {
    return detail::sleep_awaiter(when);
}

}  // namespace nurt
