// SPDX-License-Identifier: MIT
// examples/foreign_awaitable.cpp: awaiting a type of another library, which knows nothing of nurt.
//
// It may resume from any thread: the task still goes on in its own loop.
#include <nurt/nurt.hpp>

#include <chrono>
#include <coroutine>
#include <cstdio>
#include <thread>

// "The other library": computes in a thread of its own, and resumes there.
class slow_square {
public:
    explicit slow_square(int number) : number_(number) {}
    slow_square(const slow_square&) = delete;
    slow_square& operator=(const slow_square&) = delete;
    ~slow_square() {
        if (worker_.joinable()) worker_.join();
    }

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        worker_ = std::thread([this, waiting] {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            number_ *= number_;
            waiting.resume();
        });
    }
    int await_resume() const noexcept { return number_; }

private:
    int number_;
    std::thread worker_;
};

nurt::coro<void> compute() {
    const auto before = std::this_thread::get_id();
    const int square = co_await slow_square(12);
    std::printf("the square is %d\n", square);
    std::printf("%s thread\n", before == std::this_thread::get_id() ? "the same" : "another");
}

int main() {
    nurt::run(compute());
}

// prints:
// the square is 144
// the same thread
