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

class sleep_awaiter : public leaf {
public:
    explicit sleep_awaiter(const duration& delay)
        : when_(delay > duration::zero() ? wake_up_time(delay) : instant()) {}
    explicit sleep_awaiter(instant until) noexcept : when_(until) {}
    ~sleep_awaiter() {}

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

private:
    // Right behind the leaf, which is how it finds it: a sleeping task is small because of this.
    struct alarm final : timer_node {
        void expire() noexcept override {
            static_cast<sleep_awaiter*>(
                reinterpret_cast<leaf*>(reinterpret_cast<char*>(this) - sizeof(leaf)))
                ->complete();
        }
    };

    void arm() noexcept;
    bool yields() const noexcept;

    // The time until the alarm is set, the alarm from then on. instant(), all zeros, means yield.
    union {
        instant when_;
        alarm alarm_;
    };
};

static_assert(sizeof(sleep_awaiter) == sizeof(leaf) + sizeof(timer_node));

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
inline auto sleep(const duration& delay) {
    return detail::sleep_awaiter(delay);
}

// The same, and gives `value` back.
template <class T>
auto sleep(const duration& delay, T value) {
    return detail::sleep_value_awaiter<T>(delay, std::move(value));
}

// Until the loop's clock shows `when`.
inline auto sleep_until(instant when) {
    return detail::sleep_awaiter(when);
}

}  // namespace nurt
