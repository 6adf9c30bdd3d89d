// SPDX-License-Identifier: MIT
// nurt/loop/context.hpp: variables that follow the logical flow instead of the thread.
//
// Each task runs in a context of its own, a copy of its creator's: what it sets, its creator and its
// siblings do not see. Callbacks run in a copy of the context in which they were scheduled. A
// context is an immutable table behind a pointer, so that copying one costs nothing, and a program
// that sets no variable pays nothing at all. Source: Python's contextvars, PEP 567.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "nurt/base/error.hpp"

namespace nurt {

template <class T>
class context_var;
template <class T>
class context_token;

// get() of a variable that has neither a value here nor a default.
class lookup_error : public error {
public:
    using error::error;
};

namespace detail {

class task_base;

// A value of any type. Counted atomically: to_thread carries contexts to other threads.
struct context_value {
    std::uint32_t references = 1;
    void (*destroy)(context_value*) noexcept;
};

struct context_table;

// What a context is made of: the table changes, the box is the identity.
struct context_box {
    std::uint32_t references = 1;
    bool entered = false;  // somebody runs in it
    context_table* table = nullptr;
};

void retain(context_box* box) noexcept;
void release(context_box* box) noexcept;  // both: null is nothing
void release(context_value* value) noexcept;

// The box of the running task or callback; null while nothing was set in it.
context_box* current_box() noexcept;
// The same, made if there is none.
context_box& own_box();
// A new box with what is set now; null if that is nothing.
context_box* copy_of_current();
context_box* copy_of(const context_box* box);

std::uint64_t new_variable() noexcept;
context_value* find(const context_box* box, std::uint64_t variable) noexcept;
// Takes over the value; null removes. Gives back what stood there.
context_value* replace_value(context_box& box, std::uint64_t variable, context_value* value);
std::size_t size_of(const context_box* box) noexcept;
[[noreturn]] void throw_lookup(const char* name);
void check_token(const context_box* made_in, bool used, bool same_variable, const char* name);

// Runs what happens while it lives in the box; null, outside of tasks: in a new empty one.
class context_entry {
public:
    explicit context_entry(context_box* box) noexcept;
    context_entry(const context_entry&) = delete;
    context_entry& operator=(const context_entry&) = delete;
    ~context_entry();

private:
    context_box* before_;
};

// Of a task, and for one that had none; defined where tasks are.
context_box* context_of(const task_base& task) noexcept;
void adopt_context(task_base& task, context_box& box);

template <class T>
struct stored_value final : context_value {
    explicit stored_value(T&& v) : value(std::move(v)) {
        destroy = [](context_value* v0) noexcept { delete static_cast<stored_value*>(v0); };
    }
    T value;
};

}  // namespace detail

// A set of values of context variables. Copies of the object mean the same context; copy_context()
// makes another one. Belongs to one thread. Python: contextvars.Context.
class context {
public:
    context() : box_(new detail::context_box) {}  // empty
    context(const context& other) noexcept : box_(other.box_) { detail::retain(box_); }
    context(context&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
    context& operator=(context other) noexcept {
        std::swap(box_, other.box_);
        return *this;
    }
    ~context() { detail::release(box_); }

    // Calls fn(args...) in this context: what it sets stays here. Throws usage_error when something
    // runs in it already. For plain functions; give the context to create_task for a coroutine.
    template <class Fn, class... Args>
    decltype(auto) run(Fn&& fn, Args&&... args) const {
        check_free();
        const detail::context_entry entry(box_);
        return std::forward<Fn>(fn)(std::forward<Args>(args)...);
    }

    // The value of the variable here, without its default; throws lookup_error if it has none.
    template <class T>
    T get(const context_var<T>& variable) const;
    template <class T>
    bool contains(const context_var<T>& variable) const noexcept;
    std::size_t size() const noexcept { return detail::size_of(box_); }

    bool operator==(const context&) const = default;

    explicit context(detail::context_box* adopted) noexcept : box_(adopted) {}
    detail::context_box* box() const noexcept { return box_; }

private:
    void check_free() const;

    detail::context_box* box_;
};

// A new context with the values that the running task, callback or plain code sees.
context copy_context();

// A variable with a value for each context. Make it once, at namespace scope. Values are copied out,
// so make them cheap to copy. Python: contextvars.ContextVar.
//
//     const context_var<int> request_id("request_id", 0);
//     request_id.set(7);          // in this task, and in those that it creates from now on
//     request_id.get();           // 7
template <class T>
class context_var {
public:
    explicit context_var(const char* name) : name_(name) {}
    context_var(const char* name, T otherwise)
        : name_(name), otherwise_(new detail::stored_value<T>(std::move(otherwise))) {}
    context_var(const context_var&) = delete;
    context_var& operator=(const context_var&) = delete;
    ~context_var() { detail::release(otherwise_); }

    const char* name() const noexcept { return name_; }

    // The value in the current context, else the default; throws lookup_error if there is none.
    T get() const {
        if (const T* here = look(detail::current_box())) {
            return *here;
        }
        if (otherwise_ == nullptr) {
            detail::throw_lookup(name_);
        }
        return static_cast<const detail::stored_value<T>*>(otherwise_)->value;
    }
    // The value in the current context, else `otherwise`, whatever the default.
    T get(T otherwise) const {
        const T* here = look(detail::current_box());
        return here != nullptr ? *here : std::move(otherwise);
    }

    // Sets it in the current context. The token leads back.
    context_token<T> set(T value) const;
    // Undoes a set(). Throws usage_error when the token was used, or is of another variable or
    // context.
    void reset(context_token<T>& token) const;

private:
    friend class context;
    const T* look(const detail::context_box* box) const noexcept {
        auto* found = static_cast<detail::stored_value<T>*>(detail::find(box, number_));
        return found == nullptr ? nullptr : &found->value;
    }

    const char* name_;
    std::uint64_t number_ = detail::new_variable();
    detail::context_value* otherwise_ = nullptr;
};

// What a variable was before a set(). Moved, not copied. Python: contextvars.Token.
template <class T>
class context_token {
public:
    context_token(context_token&& other) noexcept
        : variable_(other.variable_),
          box_(std::exchange(other.box_, nullptr)),
          before_(std::exchange(other.before_, nullptr)),
          used_(other.used_) {}
    context_token& operator=(context_token&&) = delete;
    ~context_token() {
        detail::release(before_);
        detail::release(box_);
    }

private:
    friend class context_var<T>;
    context_token(const context_var<T>* variable, detail::context_box* box,
                  detail::context_value* before) noexcept
        : variable_(variable), box_(box), before_(before) {
        detail::retain(box_);
    }

    const context_var<T>* variable_;
    detail::context_box* box_;
    detail::context_value* before_;
    bool used_ = false;
};

// Implementation

template <class T>
T context::get(const context_var<T>& variable) const {
    const T* here = variable.look(box_);
    if (here == nullptr) {
        detail::throw_lookup(variable.name());
    }
    return *here;
}

template <class T>
bool context::contains(const context_var<T>& variable) const noexcept {
    return variable.look(box_) != nullptr;
}

template <class T>
context_token<T> context_var<T>::set(T value) const {
    detail::context_box& box = detail::own_box();
    auto* stored = new detail::stored_value<T>(std::move(value));
    return context_token<T>(this, &box, detail::replace_value(box, number_, stored));
}

template <class T>
void context_var<T>::reset(context_token<T>& token) const {
    detail::check_token(token.box_, token.used_, token.variable_ == this, name_);
    token.used_ = true;
    detail::release(
        detail::replace_value(*token.box_, number_, std::exchange(token.before_, nullptr)));
}

}  // namespace nurt
