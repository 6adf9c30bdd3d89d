// SPDX-License-Identifier: MIT
// nurt/core/detail/async_generator_core.hpp: what all async generators do, whatever their types.
//
// A step runs the body in the task of whoever asked, as an awaited coroutine would: the frame that
// asked is its continuation until it yields or ends.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/core/detail/awaiters.hpp"
#include "nurt/core/detail/driver.hpp"

namespace nurt::detail {

// Invariants:
//  1. It is in the registry of its loop (the link) from its first step to its end.
//  2. Its frame is destroyed by the owner, or, when the owner goes in the middle of a step, at the
//     end of that step: never while it is suspended at an await.
class async_generator_core : public list_link {
public:
    bool done() const noexcept { return finished_; }
    bool started() const noexcept { return started_; }
    void* value() const noexcept { return yielded_; }
    void* frame() const noexcept { return frame_; }

    // Before a step; true if the body is to be resumed. usage_error: it is running already.
    bool begin(void* sent);  // sent: nullptr or what the paused co_yield gives
    bool begin_raise(std::exception_ptr error);
    bool begin_close();
    void step_from(void* caller) noexcept;
    // After it: true if there is a value; throws what left the body.
    bool end();
    void end_close();

    // The owner goes.
    void abandon() noexcept;
    bool abandoned() const noexcept { return abandoned_ && !running_; }
    void destroy() noexcept;

    // For the body. pause and finish give the frame to go on with.
    void* pause(void* value) noexcept;
    void* resumed();  // throws what was raised, else gives what was sent
    void* finish() noexcept;
    void fail() noexcept;

protected:
    async_generator_core() = default;
    ~async_generator_core() = default;
    void bind(promise_base& promise, void* frame) noexcept {
        promise_ = &promise;
        frame_ = frame;
    }

private:
    void check_idle(const char* what) const;
    void leave_registry() noexcept;

    promise_base* promise_ = nullptr;
    void* frame_ = nullptr;
    void* yielded_ = nullptr;
    void* sent_ = nullptr;
    std::exception_ptr raised_;   // to be thrown where the body is paused
    std::exception_ptr escaped_;  // left the body
    bool started_ = false;
    bool running_ = false;
    bool finished_ = false;
    bool abandoned_ = false;
};

// The await of co_yield. It holds a pointer to the value, which lives in the frame.
template <class Send, bool Tail>
class async_pause : pinned {
public:
    async_pause(async_generator_core& core, void* value) noexcept : core_(core), value_(value) {}

    bool await_ready() const noexcept { return false; }
    typename transfer<Tail>::type await_suspend(std::coroutine_handle<>) noexcept {
        return transfer<Tail>::to(core_.pause(value_));
    }
    Send await_resume() {
        void* sent = core_.resumed();
        if constexpr (!std::is_void_v<Send>) {
            return sent != nullptr ? std::move(*static_cast<Send*>(sent)) : Send();
        }
    }

private:
    async_generator_core& core_;
    void* value_;
};

// The same for a value that the body keeps: the copy is what is handed over.
template <class Yield, class Send, bool Tail>
class async_pause_copy : pinned {
public:
    async_pause_copy(async_generator_core& core, const Yield& value)
        : value_(value), pause_(core, __builtin_addressof(value_)) {}

    bool await_ready() const noexcept { return false; }
    typename transfer<Tail>::type await_suspend(std::coroutine_handle<> h) noexcept {
        return pause_.await_suspend(h);
    }
    Send await_resume() { return pause_.await_resume(); }

private:
    Yield value_;
    async_pause<Send, Tail> pause_;
};

template <bool Tail>
struct async_end {
    bool await_ready() const noexcept { return false; }
    template <class P>
    typename transfer<Tail>::type await_suspend(std::coroutine_handle<P> ended) noexcept {
        return transfer<Tail>::to(ended.promise().finish());
    }
    void await_resume() const noexcept {}
};

// The base of what next and its siblings return.
class async_step : public scope_awaitable {
protected:
    explicit async_step(async_generator_core* core) noexcept : core_(core) {}
    ~async_step() = default;

    template <bool Tail>
    typename transfer<Tail>::type go(bool resume, void* caller) noexcept {
        stepped_ = resume;
        if (!resume) {
            return transfer<Tail>::to(caller);
        }
        core_->step_from(caller);
        return transfer<Tail>::to(core_->frame());
    }

    // Destroys a generator whose owner went during the step.
    class last_look : pinned {
    public:
        explicit last_look(const async_step& step) noexcept
            : core_(step.stepped_ ? step.core_ : nullptr) {}
        ~last_look() {
            if (core_ != nullptr && core_->abandoned()) {
                core_->destroy();
            }
        }

    private:
        async_generator_core* core_;
    };

    async_generator_core* core_;  // null if the generator was moved away
    bool stepped_ = false;
};

class async_close final : public async_step {
public:
    explicit async_close(async_generator_core* core) noexcept : async_step(core) {}

    template <bool Tail>
    typename transfer<Tail>::type enter(void* caller) {
        return go<Tail>(core_ != nullptr && core_->begin_close(), caller);
    }
    void leave() {
        const last_look at_end(*this);
        if (stepped_) {
            core_->end_close();
        }
    }
};

}  // namespace nurt::detail
