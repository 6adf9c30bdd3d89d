// SPDX-License-Identifier: MIT
// nurt/base/unique_function.hpp: a callable of one signature, owned by one place.
//
// What std::move_only_function is in C++23, without the cost of <functional>. Callables of up to
// three pointers live inside; larger ones on the heap.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace nurt {

template <class Signature>
class unique_function;

// Moved, not copied. Calling an empty one is undefined; test it with operator bool.
template <class R, class... Args>
class unique_function<R(Args...)> {
public:
    unique_function() = default;
    unique_function(std::nullptr_t) noexcept {}

    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, unique_function> &&
                 std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
    unique_function(F&& f) {
        hold(std::forward<F>(f));
    }

    unique_function(unique_function&& other) noexcept { take(other); }
    unique_function& operator=(unique_function&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    ~unique_function() { reset(); }

    explicit operator bool() const noexcept { return table_ != nullptr; }
    // The callable's own type; void's when there is none.
    const std::type_info& target_type() const noexcept {
        return table_ == nullptr ? typeid(void) : *table_->type;
    }
    R operator()(Args... args) { return table_->call(storage_, std::forward<Args>(args)...); }

private:
    static constexpr std::size_t inside = 3 * sizeof(void*);

    struct table {
        R (*call)(void* storage, Args&&... args);
        void (*move)(void* from, void* to) noexcept;
        void (*destroy)(void* storage) noexcept;
        const std::type_info* type;
    };

    template <class F>
    static constexpr bool fits = sizeof(F) <= inside && alignof(F) <= alignof(void*) &&
                                 std::is_nothrow_move_constructible_v<F>;

    template <class F>
    struct for_type;

    template <class F>
    void hold(F&& f);

    void reset() noexcept {
        if (table_ != nullptr) {
            table_->destroy(storage_);
            table_ = nullptr;
        }
    }
    void take(unique_function& other) noexcept {
        table_ = other.table_;
        if (table_ != nullptr) {
            table_->move(other.storage_, storage_);
            other.table_ = nullptr;
        }
    }

    const table* table_ = nullptr;
    alignas(void*) std::byte storage_[inside];
};

// Implementation

template <class R, class... Args>
template <class F>
struct unique_function<R(Args...)>::for_type {
    static F& get(void* storage) noexcept {
        if constexpr (fits<F>) {
            return *static_cast<F*>(storage);
        } else {
            return **static_cast<F**>(storage);
        }
    }
    static R call(void* storage, Args&&... args) {
        if constexpr (std::is_void_v<R>) {
            get(storage)(std::forward<Args>(args)...);
        } else {
            return get(storage)(std::forward<Args>(args)...);
        }
    }
    static void move(void* from, void* to) noexcept {
        if constexpr (fits<F>) {
            new (to) F(std::move(*static_cast<F*>(from)));
            static_cast<F*>(from)->~F();
        } else {
            *static_cast<F**>(to) = *static_cast<F**>(from);
        }
    }
    static void destroy(void* storage) noexcept {
        if constexpr (fits<F>) {
            static_cast<F*>(storage)->~F();
        } else {
            delete *static_cast<F**>(storage);
        }
    }
    static constexpr table functions{&call, &move, &destroy, &typeid(F)};
};

template <class R, class... Args>
template <class F>
void unique_function<R(Args...)>::hold(F&& f) {
    using held = std::decay_t<F>;
    if constexpr (fits<held>) {
        new (storage_) held(std::forward<F>(f));
    } else {
        *reinterpret_cast<held**>(storage_) = new held(std::forward<F>(f));
    }
    table_ = &for_type<held>::functions;
}

}  // namespace nurt
