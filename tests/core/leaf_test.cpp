// SPDX-License-Identifier: MIT
// tests/core/leaf_test.cpp: awaitables made by users, and those of other libraries.
#include <doctest/doctest.h>

#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

// A slot for one value, with one waiter: a leaf through the public protocol.
class mailbox {
public:
    class receive final : public leaf {
    public:
        explicit receive(mailbox& box) : box_(box) {}
        bool await_ready() const noexcept { return box_.value_ >= 0; }
        void await_suspend(std::coroutine_handle<>) noexcept { box_.waiter_ = this; }
        int await_resume() noexcept { return std::exchange(box_.value_, -1); }
        cancel_answer cancel() noexcept override {
            ++box_.asked;
            box_.waiter_ = nullptr;
            return cancel_answer::done;
        }

    private:
        friend class mailbox;
        mailbox& box_;
    };

    receive get() { return receive(*this); }
    void put(int value) {
        value_ = value;
        if (waiter_ != nullptr) std::exchange(waiter_, nullptr)->complete();
    }
    int asked = 0;

private:
    int value_ = -1;
    receive* waiter_ = nullptr;
};

// Answers `later`, and confirms the cancellation, or its success, when it is told to.
class slow final : public leaf {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept {}
    int await_resume() const noexcept { return 5; }
    cancel_answer cancel() noexcept override {
        asked = true;
        return cancel_answer::later;
    }
    void succeed() { complete(); }
    void confirm() { complete_cancelled(); }
    bool asked = false;
};

// Its await_suspend finds that there is no need to wait, or fails.
class hasty final : public leaf {
public:
    explicit hasty(bool fails) : fails_(fails) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>) {
        if (fails_) throw std::runtime_error("cannot wait");
        return false;
    }
    int await_resume() const noexcept { return 6; }
    cancel_answer cancel() noexcept override { return cancel_answer::later; }

private:
    bool fails_;
};

// --- of another library: knows nothing of nurt

struct foreign_switch {
    std::coroutine_handle<> waiting;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) noexcept { waiting = h; }
    int await_resume() const noexcept { return 7; }
};

struct thread_hop {
    std::thread* thread;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) const {
        *thread = std::thread([h] { h.resume(); });
    }
    std::thread::id await_resume() const noexcept { return std::this_thread::get_id(); }
};

struct throwing {
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
    int await_resume() const { throw std::runtime_error("foreign"); }
};

struct with_operator {
    foreign_switch* target;
    struct forward {
        foreign_switch* target;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> h) const noexcept { target->waiting = h; }
        int await_resume() const noexcept { return 9; }
    };
    forward operator co_await() const noexcept { return {target}; }
};

struct cancellable {
    std::coroutine_handle<>* waiting;
    bool* cancelled;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) const noexcept { *waiting = h; }
    void await_resume() const {
        if (*cancelled) throw cancelled_error("stopped by the stranger");
    }
    void await_cancel() const noexcept {
        *cancelled = true;
        waiting->resume();
    }
};

// A lazy task type as other libraries have it, with symmetric transfer.
class foreign_task {
public:
    struct promise_type {
        foreign_task get_return_object() {
            return foreign_task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        struct last {
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(
                std::coroutine_handle<promise_type> h) const noexcept {
                return h.promise().next;
            }
            void await_resume() const noexcept {}
        };
        last final_suspend() const noexcept { return {}; }
        void return_value(int n) { value = n; }
        void unhandled_exception() { error = std::current_exception(); }
        int value = 0;
        std::exception_ptr error;
        std::coroutine_handle<> next;
    };
    explicit foreign_task(std::coroutine_handle<promise_type> h) : handle_(h) {}
    foreign_task(foreign_task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    ~foreign_task() {
        if (handle_) handle_.destroy();
    }
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> next) {
        handle_.promise().next = next;
        return handle_;
    }
    int await_resume() {
        if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
        return handle_.promise().value;
    }

private:
    std::coroutine_handle<promise_type> handle_;
};

foreign_task foreign_number(int n) {
    if (n < 0) throw std::runtime_error("negative");
    co_return n;
}

}  // namespace

TEST_CASE("a user's leaf goes on at once when it is ready, else when it completes") {
    in_task([]() -> coro<> {
        mailbox box;
        box.put(1);
        const int first = co_await box.get();
        CHECK(first == 1);
        event_loop::running().call_soon([&] { box.put(2); });
        const int second = co_await box.get();
        CHECK(second == 2);
    });
}

TEST_CASE(
    "a user's leaf is asked once when it is cancelled while waiting, and not when it is ready") {
    in_task([]() -> coro<> {
        mailbox box;
        auto take = [](mailbox& b) -> coro<int> { co_return co_await b.get(); };
        const task<int> waiting = create_task(take, std::ref(box));
        co_await yield();
        waiting.cancel();
        waiting.cancel();
        const result<int> end = co_await as_result(waiting);
        CHECK(end.cancelled());
        CHECK(box.asked == 1);
        const task<int> ready = create_task(take, std::ref(box));
        co_await yield();
        box.put(4);
        ready.cancel();
        const int n = co_await ready;
        CHECK(n == 4);
        CHECK(box.asked == 1);
    });
}

TEST_CASE("a leaf that answers later decides how it ends") {
    in_task([]() -> coro<> {
        for (const bool succeeds : {true, false}) {
            slow op;
            auto wait = [](slow& s) -> coro<int> { co_return co_await s; };
            const task<int> t = create_task(wait, std::ref(op));
            co_await yield();
            t.cancel("stop");
            co_await yield();
            CHECK(op.asked);
            CHECK_FALSE(t.done());
            succeeds ? op.succeed() : op.confirm();
            const result<int> end = co_await as_result(t);
            CHECK(end.cancelled() == !succeeds);
        }
    });
}

TEST_CASE("a leaf may decide in await_suspend not to wait, or fail there") {
    in_task([]() -> coro<> {
        const int n = co_await hasty(false);
        CHECK(n == 6);
        std::string what;
        try {
            co_await hasty(true);
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "cannot wait");
        current_task().cancel();
        int caught = 0;
        try {
            co_await hasty(false);
        } catch (const cancelled_error&) {
            ++caught;
        }
        CHECK(caught == 1);
        current_task().uncancel();
    });
}

TEST_CASE("a foreign awaitable that is resumed on this thread queues the task") {
    in_task([]() -> coro<> {
        foreign_switch s;
        bool inside = true;
        event_loop::running().call_soon([&] {
            s.waiting.resume();
            inside = static_cast<bool>(current_task());
        });
        const int n = co_await s;
        CHECK(n == 7);
        CHECK_FALSE(inside);
    });
}

TEST_CASE("a foreign awaitable that is resumed on another thread comes home") {
    auto hop = [](int times) -> coro<> {
        const std::thread::id home = std::this_thread::get_id();
        for (int i = 0; i < times; ++i) {
            std::thread thread;
            const std::thread::id id = co_await thread_hop{&thread};
            thread.join();
            CHECK(id == home);
        }
    };
    run(hop(200));  // on the real backend, which another thread can wake
}

TEST_CASE("a foreign awaitable may throw, and may have an operator co_await") {
    in_task([]() -> coro<> {
        std::string what;
        try {
            co_await throwing();
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "foreign");
        foreign_switch s;
        event_loop::running().call_soon([&] { s.waiting.resume(); });
        const int nine = co_await with_operator{&s};
        CHECK(nine == 9);
        const int n = co_await foreign_number(8);
        CHECK(n == 8);
        try {
            co_await foreign_number(-1);
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "negative");
    });
}

TEST_CASE("a stranger cannot be cancelled: the request waits for the next await") {
    in_task([]() -> coro<> {
        foreign_switch s;
        bool resumed = false;
        auto wait = [&]() -> coro<> {
            co_await s;
            resumed = true;
            co_await yield();
        };
        const task<> t = create_task(wait);
        co_await yield();
        t.cancel();
        co_await yield();
        co_await yield();
        CHECK_FALSE(t.done());
        s.waiting.resume();
        const result<> end = co_await as_result(t);
        CHECK(end.cancelled());
        CHECK(resumed);
    });
}

TEST_CASE("a stranger with await_cancel is told") {
    in_task([]() -> coro<> {
        std::coroutine_handle<> handle;
        bool cancelled = false;
        auto wait = [&]() -> coro<> { co_await cancellable{&handle, &cancelled}; };
        const result<> end = co_await as_result(
            [](auto body) -> coro<> { co_await timeout(seconds(1), body); }(wait));
        CHECK(cancelled);
        CHECK_FALSE(end);
    });
}
