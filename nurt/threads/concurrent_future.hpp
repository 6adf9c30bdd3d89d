// SPDX-License-Identifier: MIT
// nurt/threads/concurrent_future.hpp: a result that one thread sets and others wait for.
//
// What run_coroutine_threadsafe gives to threads that have no loop. Coroutines turn it into a future
// of their own loop with wrap_future (nurt/threads/run_coroutine_threadsafe.hpp); waiting for it
// there would block the loop.
#pragma once

#include <atomic>
#include <exception>
#include <type_traits>
#include <utility>

#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/core/detail/outcome.hpp"

namespace nurt {

class event_loop;

namespace detail {

// Invariants:
//  1. status_ goes from pending to one of the ends, by way of `claimed` while the result is written.
//  2. The result is written by who claimed, and read only after the end.
class concurrent_base {
public:
    concurrent_base(const concurrent_base&) = delete;
    concurrent_base& operator=(const concurrent_base&) = delete;

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    bool done() const noexcept { return now() >= status::value; }
    bool cancelled() const noexcept { return now() == status::cancelled; }
    bool has_value() const noexcept { return now() == status::value; }
    bool cancel() noexcept;
    bool wait(duration limit);
    void wait_or_throw(duration limit);  // timeout_error
    void add_done_callback(unique_function<void()> callback);

    void check_value();  // waited: throws what there is instead of a value
    std::exception_ptr exception();

    // True: nobody has set it or is about to; the caller writes the result and calls finish.
    bool claim() noexcept;
    void finish() noexcept;
    void settle_error(std::exception_ptr error) noexcept;  // after claim()
    virtual outcome_base& result_base() noexcept = 0;

    event_loop* made_by = nullptr;  // the loop that sets it; its own thread cannot wait for it

protected:
    concurrent_base();
    virtual ~concurrent_base();

private:
    enum class status : unsigned char { pending, claimed, value, error, cancelled };
    struct waiting;

    status now() const noexcept { return status_.load(std::memory_order_acquire); }
    void end(status how) noexcept;

    std::atomic<status> status_{status::pending};
    std::atomic<unsigned> references_{1};
    waiting* waiting_;
};

template <class T>
class concurrent_state final : public concurrent_base {
public:
    outcome_base& result_base() noexcept override { return result; }

    outcome<T> result;

private:
    ~concurrent_state() override {
        if (has_value()) {
            result.destroy();
        }
        result.destroy_error();
    }
};

[[noreturn]] void throw_set_twice();

}  // namespace detail

// Copies refer to one result. Any thread may use it. Python: concurrent.futures.Future.
template <class T = void>
class [[nodiscard]] concurrent_future {
public:
    using value_type = T;

    // A pending one.
    concurrent_future() : state_(new detail::concurrent_state<T>) {}
    concurrent_future(const concurrent_future& other) noexcept : state_(other.state_) {
        state_->retain();
    }
    concurrent_future(concurrent_future&& other) noexcept
        : state_(std::exchange(other.state_, nullptr)) {}
    concurrent_future& operator=(concurrent_future other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~concurrent_future() {
        if (state_ != nullptr) {
            state_->release();
        }
    }

    bool done() const noexcept { return state_->done(); }
    bool cancelled() const noexcept { return state_->cancelled(); }
    // It ends as cancelled at once, and a coroutine behind it is asked to stop. False: it is done.
    bool cancel() const noexcept { return state_->cancel(); }

    // Blocks this thread. Throws usage_error on the loop's thread that is to set it.
    void wait() const { state_->wait(duration::max()); }
    // False: the time is up.
    bool wait_for(duration limit) const { return state_->wait(limit); }

    // Wait, then give the value, or throw the error, cancelled_error, or timeout_error when the time
    // is up. An rvalue's value is moved out.
    decltype(auto) result(duration limit = duration::max()) const& {
        get(limit);
        if constexpr (!std::is_void_v<T>) {
            return std::as_const(state_->result.get());
        }
    }
    T result(duration limit = duration::max()) && {
        get(limit);
        if constexpr (!std::is_void_v<T>) {
            return static_cast<T&&>(state_->result.get());
        }
    }
    // The error or nullptr; else as result().
    std::exception_ptr exception(duration limit = duration::max()) const {
        state_->wait_or_throw(limit);
        return state_->exception();
    }

    // Called once it is done, in the thread that ends it, or now if it is.
    void add_done_callback(unique_function<void()> callback) const {
        state_->add_done_callback(std::move(callback));
    }

    // Settles it; throws invalid_state_error when it is done.
    template <class... U>
        requires(sizeof...(U) == (std::is_void_v<T> ? 0 : 1))
    void set_result(U&&... value) const {
        if (!state_->claim()) {
            detail::throw_set_twice();
        }
        try {
            if constexpr (!std::is_void_v<T>) {
                state_->result.set(std::forward<U>(value)...);
            }
        } catch (...) {
            state_->settle_error(std::current_exception());
            throw;
        }
        state_->finish();
    }
    void set_exception(std::exception_ptr error) const {
        if (!state_->claim()) {
            detail::throw_set_twice();
        }
        state_->settle_error(std::move(error));
    }

    bool operator==(const concurrent_future& other) const noexcept {
        return state_ == other.state_;
    }

    using state_type = detail::concurrent_state<T>;
    explicit concurrent_future(state_type* adopted) noexcept : state_(adopted) {}
    state_type& state() const noexcept { return *state_; }

private:
    void get(duration limit) const {
        state_->wait_or_throw(limit);
        state_->check_value();
    }

    state_type* state_;
};

}  // namespace nurt
