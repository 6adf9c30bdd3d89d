// SPDX-License-Identifier: MIT
// nurt/core/detail/outcome.hpp: where the end of a coroutine is put down.
//
// It lives with whoever waits (in the awaiter, or in the task), not in the coroutine: so the
// coroutine's frame, parameters included, is gone before the waiter runs.
#pragma once

#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace nurt::detail {

// The error is destroyed by hand as well: an awaiter has nothing to destroy once it has resumed,
// and an empty destructor keeps the frames that hold awaiters cheap to free.
struct outcome_base {
    outcome_base() noexcept { ::new (static_cast<void*>(&error)) std::exception_ptr(); }
    outcome_base(const outcome_base&) = delete;
    outcome_base& operator=(const outcome_base&) = delete;
    ~outcome_base() {}

    std::exception_ptr take_error() noexcept {
        std::exception_ptr taken = std::move(error);
        destroy_error();
        return taken;
    }
    void destroy_error() noexcept { error.~exception_ptr(); }
    [[noreturn]] void rethrow();  // takes the error

    union {
        std::exception_ptr error;
    };
};

// An error, or a value, or neither yet. Which of them is known from outside (a coroutine that has
// ended without an error has a value), so no flag is kept and the owner calls destroy().
template <class T>
struct outcome : outcome_base {
    outcome() noexcept {}
    ~outcome() {}

    template <class U>
    void set(U&& from) {
        ::new (static_cast<void*>(std::addressof(value))) T(std::forward<U>(from));
    }
    T& get() noexcept { return value; }
    T take() {
        struct destroyer {
            outcome* mine;
            ~destroyer() { mine->destroy(); }
        } const at_end{this};
        return std::move(value);
    }
    void destroy() noexcept { value.~T(); }

    union {
        T value;
    };
};

template <class T>
struct outcome<T&> : outcome_base {
    void set(T& from) noexcept { value = std::addressof(from); }
    T& get() noexcept { return *value; }
    T& take() noexcept { return *value; }
    void destroy() noexcept {}

    T* value = nullptr;
};

template <>
struct outcome<void> : outcome_base {
    void get() noexcept {}
    void take() noexcept {}
    void destroy() noexcept {}
};

}  // namespace nurt::detail
