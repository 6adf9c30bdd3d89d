// SPDX-License-Identifier: MIT
// nurt/core/detail/future_awaiter.hpp: waiting for a task or a future.
#pragma once

#include <coroutine>
#include <type_traits>
#include <utility>

#include "nurt/base/frame_pool.hpp"
#include "nurt/core/detail/future_base.hpp"
#include "nurt/core/detail/task_base.hpp"
#include "nurt/core/leaf.hpp"

namespace nurt::detail {

// Waits for a future. A cancellation of the waiter is passed on to what it waits for, and arrives
// when that has ended.
class future_wait : public leaf, public settle_listener {
public:
    bool await_ready() {
        if (target_->done()) {
            return true;
        }
        if (target_ == this_thread.task || !target_->at_home()) [[unlikely]] {
            check_target();
        }
        return false;
    }
    void await_suspend(std::coroutine_handle<>) noexcept { target_->listen(*this); }

    cancel_answer cancel() noexcept override;
    void waits_for(wait_list& list) const override;
    const future_base* awaiter() const noexcept override;
    void settled(future_base&) noexcept override { complete(); }
    const future_base& target() const noexcept { return *target_; }

protected:
    // Whoever settles the future may drop the last handle before the waiter runs.
    explicit future_wait(future_base& target) noexcept : target_(&target) { target.retain(); }
    ~future_wait() { target_->release(); }

    void check_target();
    // Throws the target's error; if both were cancelled, the waiter's requests are delivered by it.
    [[noreturn]] void rethrow();

    future_base* target_;
};

// The typed end of a future: base is task_base or future_base.
template <class T, class Base>
class settled_state : public Base {
public:
    static void* operator new(std::size_t size) { return frame_pool::allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        frame_pool::deallocate(memory, size);
    }

    outcome_base& result_base() noexcept override { return result; }

    decltype(auto) get() {
        if ((this->flags & (flag_done | flag_failed | flag_moved)) != flag_done) [[unlikely]] {
            this->check_value();
        }
        return result.get();
    }
    T take() {
        if ((this->flags & (flag_done | flag_failed | flag_moved)) != flag_done) [[unlikely]] {
            this->check_value();
        }
        if constexpr (!std::is_void_v<T>) {
            this->flags |= flag_moved;
        }
        return result.take();
    }

    outcome<T> result;

protected:
    using Base::Base;
    ~settled_state() {
        if ((this->flags & (flag_done | flag_failed | flag_moved)) == flag_done) {
            result.destroy();
        }
        result.destroy_error();
    }
};

// co_await on an lvalue: a reference to the value, as often as you like.
template <class T, class Base>
class future_view final : public future_wait {
public:
    explicit future_view(settled_state<T, Base>& state) noexcept : future_wait(state) {}
    decltype(auto) await_resume() {
        if (target_->failed()) [[unlikely]] {
            rethrow();
        }
        auto& state = static_cast<settled_state<T, Base>&>(*target_);
        if constexpr (std::is_void_v<T>) {
            state.get();
        } else {
            return std::as_const(state.get());
        }
    }
};

// co_await on an rvalue: the value itself, moved out.
template <class T, class Base>
class future_take final : public future_wait {
public:
    explicit future_take(settled_state<T, Base>& state) noexcept : future_wait(state) {}
    T await_resume() {
        if (target_->failed()) [[unlikely]] {
            rethrow();
        }
        return static_cast<settled_state<T, Base>&>(*target_).take();
    }
};

}  // namespace nurt::detail
