// SPDX-License-Identifier: MIT
// nurt/core/result.hpp: how something ended, as a value.
#pragma once

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/operation.hpp"
#include "nurt/core/detail/outcome.hpp"
#include "nurt/core/task.hpp"

namespace nurt {

// A value or an error; moved, not copied. value() gives the one or throws the other.
template <class T = void>
class result {
public:
    result(result&& other) noexcept(std::is_void_v<T> || std::is_nothrow_move_constructible_v<T>) {
        end_.error = other.end_.error;
        if constexpr (!std::is_void_v<T>) {
            if (!end_.error) {
                end_.set(static_cast<T&&>(other.end_.get()));
            }
        }
    }
    ~result() {
        if (!end_.error) {
            end_.destroy();
        }
        end_.destroy_error();
    }

    explicit operator bool() const noexcept { return !end_.error; }
    const std::exception_ptr& error() const noexcept { return end_.error; }
    // True when it ended by cancellation. Whoever asks for a result takes over the duty to throw it
    // on, by value() or otherwise.
    bool cancelled() const noexcept { return detail::is_cancellation(end_.error); }

    decltype(auto) value() & {
        throw_error();
        return end_.get();
    }
    T value() && {
        throw_error();
        if constexpr (!std::is_void_v<T>) {
            return static_cast<T>(std::move(end_.get()));
        }
    }

    explicit result(std::exception_ptr error) noexcept { end_.error = std::move(error); }
    template <class... U>
    explicit result(std::in_place_t, U&&... value) {
        if constexpr (!std::is_void_v<T>) {
            end_.set(std::forward<U>(value)...);
        }
    }
    explicit result(detail::outcome<T>& from) {
        end_.error = from.take_error();
        if constexpr (!std::is_void_v<T>) {
            if (!end_.error) {
                end_.set(from.take());
            }
        }
    }

private:
    void throw_error() const {
        if (end_.error) {
            std::rethrow_exception(end_.error);
        }
    }

    detail::outcome<T> end_;
};

namespace detail {

template <class T>
class result_awaitable : public scope_awaitable {
public:
    explicit result_awaitable(coro<T> work) noexcept : work_(std::move(work)) {}

    template <bool Tail>
    typename transfer<Tail>::type enter(void* caller) {
        void* child = coro_access<T>::release(work_);
        auto& promise = coro_access<T>::promise_of(child);
        promise.continuation = caller;
        promise.slot = &end_;
        return transfer<Tail>::to(child);
    }
    result<T> leave() { return result<T>(end_); }

private:
    coro<T> work_;
    outcome<T> end_;
};

// Around another scope, which lives in the same expression.
template <class Scope>
class scope_result : public scope_awaitable {
public:
    using value_type = decltype(std::declval<Scope&>().leave());

    explicit scope_result(Scope& scope) noexcept : scope_(scope) {}

    template <bool Tail>
    typename transfer<Tail>::type enter(void* caller) {
        return scope_.template enter<Tail>(caller);
    }
    result<value_type> leave() {
        try {
            if constexpr (std::is_void_v<value_type>) {
                scope_.leave();
                return result<value_type>(std::in_place);
            } else {
                return result<value_type>(std::in_place, scope_.leave());
            }
        } catch (...) {  // nothing is swallowed: the caller has it in hand
            return result<value_type>(std::current_exception());
        }
    }

private:
    Scope& scope_;
};

// A copy of the value, for others may hold the handle too; what cannot be copied is moved out.
template <class T, template <class> class Handle>
coro<T> await_handle(Handle<T> handle) {
    if constexpr (std::is_void_v<T> || std::is_copy_constructible_v<T>) {
        co_return co_await handle;
    } else {
        co_return co_await std::move(handle);
    }
}

}  // namespace detail

// Awaits in place and never throws: errors, cancellation included, come back in the result.
template <class T>
[[nodiscard]] auto as_result(coro<T> work) {
    return detail::result_awaitable<T>(std::move(work));
}
template <class T>
[[nodiscard]] auto as_result(task<T> work) {
    return detail::result_awaitable<T>(detail::await_handle(std::move(work)));
}
template <class T>
[[nodiscard]] auto as_result(future<T> work) {
    return detail::result_awaitable<T>(detail::await_handle(std::move(work)));
}
// The same for operations, such as q.get(), and for timeout(...) and wait_for(...), in one expression
// with them.
template <class A>
    requires detail::operation<A>
[[nodiscard]] auto as_result(A&& what) {
    return as_result(detail::await_operation<A>(std::addressof(what)));
}
template <detail::gives_coro A>
[[nodiscard]] auto as_result(A&& request) {
    return as_result(std::forward<A>(request).operator co_await());
}
template <class Scope>
    requires detail::scope_like<Scope> && (!std::is_lvalue_reference_v<Scope>)
[[nodiscard]] auto as_result(Scope&& scope) {
    return detail::scope_result<Scope>(scope);
}

}  // namespace nurt
