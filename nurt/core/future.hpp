// SPDX-License-Identifier: MIT
// nurt/core/future.hpp: a result that somebody will set.
//
// The bridge between callbacks and coroutines. Programs mostly see futures that gather and its
// siblings return.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

#include "nurt/base/shared_text.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/core/detail/future_awaiter.hpp"

namespace nurt {

// Names one call of add_done_callback.
enum class done_callback : std::uint64_t {};

namespace detail {
template <class T>
class future_state;
done_callback add_done_callback(future_base& target, unique_function<void()> callback);
std::size_t remove_done_callback(future_base& target, done_callback callback) noexcept;
event_loop& loop_of(const future_base& target);
void check_error(const std::exception_ptr& error);
}  // namespace detail

// Copies refer to one result. `co_await f` on an lvalue gives T const&, any number of times and in
// any number of tasks; on an rvalue it moves the value out, after which the others get
// invalid_state_error. An awaiter that is cancelled cancels the future. An error that nobody
// retrieves goes to the loop's exception handler when the last copy dies. In debug mode, setting or
// cancelling it on another thread than its loop's is a usage_error.
// Python: asyncio.Future.
template <class T = void>
class [[nodiscard]] future {
public:
    using value_type = T;

    // A pending one. Belongs to the thread that makes it.
    future() : state_(new detail::future_state<T>) {}
    future(const future& other) noexcept : state_(other.state_) { state_->retain(); }
    future(future&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    future& operator=(future other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~future() {
        if (state_ != nullptr) {
            state_->release();
        }
    }

    // Settles it; throws invalid_state_error when it is done. The error may not be a stop_iteration,
    // which would look like the end of a generator that asks for the result.
    template <class... U>
        requires(sizeof...(U) == (std::is_void_v<T> ? 0 : 1))
    void set_result(U&&... value);
    void set_exception(std::exception_ptr error);

    // False when it is done already.
    bool cancel(const char* message = "") {
        detail::check_thread(state_->home());
        return state_->cancel(shared_text(message));
    }

    bool done() const noexcept { return state_->done(); }
    bool cancelled() const noexcept { return state_->cancelled(); }
    // The value; throws the error, cancelled_error, or invalid_state_error when it is not done.
    decltype(auto) result() const { return std::as_const(*state_).view(); }
    // The error or nullptr; throws like result() when cancelled or not done.
    std::exception_ptr exception() const { return state_->exception(); }

    // Its loop; throws usage_error if that has gone, or if it was made without one and has not been
    // awaited yet.
    event_loop& loop() const { return detail::loop_of(*state_); }

    // Runs callback in a later turn after it is done, in the order of the calls and in a copy of the
    // context of this call.
    done_callback add_done_callback(unique_function<void()> callback) const {
        return detail::add_done_callback(*state_, std::move(callback));
    }
    // How many were removed: 0 when it has been scheduled already.
    std::size_t remove_done_callback(done_callback callback) const noexcept {
        return detail::remove_done_callback(*state_, callback);
    }

    bool operator==(const future& other) const noexcept { return state_ == other.state_; }

    auto operator co_await() const& noexcept {
        return detail::future_view<T, detail::future_base>(*state_);
    }
    auto operator co_await() && noexcept {
        return detail::future_take<T, detail::future_base>(*state_);
    }

    // For the runtime's combinators.
    using state_type = detail::future_state<T>;
    explicit future(state_type* adopted) noexcept : state_(adopted) {}
    state_type& state() const noexcept { return *state_; }

private:
    state_type* state_;
};

// Implementation

namespace detail {

std::exception_ptr exception_of(future_base& f);

template <class T>
class future_state : public settled_state<T, future_base> {
public:
    bool cancel(const shared_text& message) noexcept override {
        if (this->done()) {
            return false;
        }
        const visit there(this->home());
        this->settle_cancelled(message);
        return true;
    }
    void destroy() noexcept override { delete this; }

    decltype(auto) view() const {
        if constexpr (std::is_void_v<T>) {
            const_cast<future_state*>(this)->get();
        } else {
            return std::as_const(const_cast<future_state*>(this)->get());
        }
    }
    std::exception_ptr exception() { return exception_of(*this); }

    future_state() noexcept : settled_state<T, future_base>(this_thread.home) {}
    virtual ~future_state() = default;
};

}  // namespace detail

template <class T>
template <class... U>
    requires(sizeof...(U) == (std::is_void_v<T> ? 0 : 1))
void future<T>::set_result(U&&... value) {
    detail::check_thread(state_->home());
    if (done()) {
        detail::throw_invalid_state("the future has a result already");
    }
    if constexpr (!std::is_void_v<T>) {
        state_->result.set(std::forward<U>(value)...);
    }
    const detail::visit there(state_->home());
    state_->settle(state_->result);
}

template <class T>
void future<T>::set_exception(std::exception_ptr error) {
    detail::check_thread(state_->home());
    if (done()) {
        detail::throw_invalid_state("the future has a result already");
    }
    detail::check_error(error);
    const detail::visit there(state_->home());
    state_->settle_error(std::move(error));
}

}  // namespace nurt
