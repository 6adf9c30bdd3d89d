// SPDX-License-Identifier: MIT
// examples/home_made_sleep.cpp: sleep, made from the same parts as the library's own.
#include <nurt/nurt.hpp>

#include <chrono>
#include <coroutine>
#include <cstdio>

using namespace std::chrono_literals;

class nap final : public nurt::leaf {
public:
    explicit nap(nurt::duration time) : time_(time) {}

    bool await_ready() const noexcept { return time_ <= nurt::duration::zero(); }
    void await_suspend(std::coroutine_handle<>) {
        alarm_ = nurt::event_loop::running().call_later(time_, [this] { complete(); });
    }
    void await_resume() const noexcept {}
    nurt::cancel_answer cancel() noexcept override {
        alarm_.cancel();
        return nurt::cancel_answer::done;  // unhooked: complete() will not be called
    }

private:
    nurt::duration time_;
    nurt::handle alarm_;
};

nurt::coro<void> program() {
    nap short_one(1ms);
    co_await short_one;
    std::puts("awake");
    try {
        nap long_one(1h);
        auto sleeps = [&]() -> nurt::coro<void> { co_await long_one; };
        co_await nurt::timeout(1ms, sleeps);
    } catch (const nurt::timeout_error&) {
        std::puts("woken by a timeout");
    }
}

int main() {
    nurt::run(program());
}

// prints:
// awake
// woken by a timeout
