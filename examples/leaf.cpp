// SPDX-License-Identifier: MIT
// examples/leaf.cpp: a home-made awaitable, which can be cancelled as the library's own can.
#include <nurt/nurt.hpp>

#include <coroutine>
#include <cstdio>
#include <utility>

class doorbell {
public:
    class listening final : public nurt::leaf {
    public:
        explicit listening(doorbell& bell) : bell_(bell) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<>) noexcept { bell_.listener_ = this; }
        void await_resume() const noexcept {}
        nurt::cancel_answer cancel() noexcept override {
            bell_.listener_ = nullptr;
            return nurt::cancel_answer::done;  // nobody will call complete()
        }

    private:
        friend class doorbell;
        doorbell& bell_;
    };

    listening wait() { return listening(*this); }
    void ring() {
        if (listener_ != nullptr) std::exchange(listener_, nullptr)->complete();
    }

private:
    listening* listener_ = nullptr;
};

nurt::coro<void> host(doorbell& bell) {
    co_await bell.wait();
    std::puts("the bell rang");
}

nurt::coro<void> evening() {
    doorbell bell;
    nurt::create_task(host(bell)).detach();
    co_await nurt::sleep(nurt::milliseconds(5));
    bell.ring();
    auto waiting = nurt::create_task(host(bell));
    co_await nurt::sleep(nurt::milliseconds(5));
    waiting.cancel();
    const auto end = co_await nurt::as_result(waiting);
    std::puts(end.cancelled() ? "nobody came" : "another guest");
}

int main() {
    nurt::run(evening());
}

// prints:
// the bell rang
// nobody came
