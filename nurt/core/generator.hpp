// SPDX-License-Identifier: MIT
// nurt/core/generator.hpp: functions that produce values while somebody iterates over them.
//
// A generator pauses at each co_yield and goes on when the next value is asked for. It needs no
// loop and never waits: that is what coro<T> is for. The protocol is Python's, with send, raise,
// close and delegation ("yield from"); each of its rules is a test, tests/core/generator_test.cpp.
//
// Source: Python's generators, PEP 342, PEP 380, PEP 479.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/core/detail/generator_core.hpp"

namespace nurt {

namespace detail {
template <class Yield, class Send>
class generator_range;
template <class Yield, class Send>
class generator_promise_base;
template <class Yield, class Send, class Return>
class generator_promise;
}  // namespace detail

// Thrown by next_or_throw() when the generator has returned; value is what it returned.
// It must not leave a generator's body: return instead. Python: StopIteration.
template <class Return = void>
class stop_iteration : public detail::stop_iteration_base {
public:
    explicit stop_iteration(std::optional<Return> its_value) : value(std::move(its_value)) {}
    std::optional<Return> value;
};
template <>
class stop_iteration<void> : public detail::stop_iteration_base {};

// Yields values of type Yield (which may be T&), receives Send at each co_yield, ends with Return.
//
//     generator<int> count_to(int last) {
//         for (int i = 1; i <= last; ++i) co_yield i;
//     }
//     for (int i : count_to(3)) std::cout << i << '\n';
//
// Inside: Send s = co_yield value;        pauses; s is what send() brought, Send{} after next()
//         Return r = co_await inner();    hands over to another generator until it has ended
//         co_await from(range);           yields each element of a range
//
// It starts when first asked. An exception that leaves the body reaches who asked, and ends the
// generator. Misuse throws usage_error: sending before the start, asking from inside the body.
// Destroying a generator destroys the locals of a paused body, but no exception is thrown into it:
// close() is the way to run catch clauses. Parameters live as long as the generator.
template <class Yield, class Send = void, class Return = void>
class [[nodiscard]] generator {
public:
    using promise_type = detail::generator_promise<Yield, Send, Return>;
    class iterator;
    struct sentinel {};

    // Nothing once the generator has ended. A pointer if Yield is a reference.
    using item = std::conditional_t<std::is_reference_v<Yield>, std::remove_reference_t<Yield>*,
                                    std::optional<Yield>>;

    generator(generator&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
    generator& operator=(generator&& other) noexcept;
    ~generator();

    item next();
    Yield next_or_throw();  // throws stop_iteration<Return> at the end

    // Hands a value to the paused co_yield, and goes on to the next one. Before the start only an
    // empty optional may be sent, which is next().
    template <class S>
        requires(!std::is_void_v<Send> && std::is_convertible_v<S, Send>)
    item send(S&& what);

    // Throws at the paused co_yield. What comes out is the next value, or the exception if the body
    // lets it pass, which it also does before the start and after the end. Python: throw().
    item raise(std::exception_ptr error);
    template <class E>
        requires(!std::is_convertible_v<E, std::exception_ptr>)
    item raise(E error);

    // Ends the generator: generator_exit is thrown at the paused co_yield. What the body returns on
    // account of that is moved into the answer. usage_error: the body yielded instead of ending.
    auto close() -> std::conditional_t<std::is_void_v<Return>, void, std::optional<Return>>;

    bool done() const noexcept { return core_ == nullptr || core_->finished(); }

    // What the body returned. usage_error: it has not ended, or not by returning a value.
    auto result() -> std::add_lvalue_reference_t<Return>;

    // Each loop goes on where the generator is paused.
    iterator begin();
    sentinel end() const noexcept { return {}; }

private:
    template <class, class>
    friend class detail::generator_range;
    template <class, class>
    friend class detail::generator_promise_base;
    template <class, class, class>
    friend class detail::generator_promise;

    explicit generator(promise_type& promise) noexcept : core_(&promise) {}

    promise_type& promise() const noexcept { return static_cast<promise_type&>(*core_); }
    item to_item(bool more);

    detail::generator_core* core_;
};

// co_await from(range) in a generator yields the range's elements, one by one. A range given as an
// rvalue is kept, an lvalue must outlive the delegation. It takes no values: send() meanwhile is
// a usage_error at the co_await.
template <class Range>
class [[nodiscard]] from {
public:
    explicit from(Range&& range) : range_(std::forward<Range>(range)) {}

private:
    template <class, class>
    friend class detail::generator_promise_base;
    Range range_;
};
template <class Range>
from(Range&&) -> from<Range>;

// Implementation

namespace detail {

template <class T>
bool is_none(const T& sent) noexcept {
    if constexpr (requires { sent.has_value(); })
        return !sent.has_value();
    else
        return false;
}

// The await of co_yield. It holds nothing but a pointer to the value, which lives in the frame.
template <class Send>
class generator_pause {
public:
    generator_pause(generator_core& core, void* value) noexcept : core_(core), value_(value) {}
    generator_pause(const generator_pause&) = delete;
    generator_pause& operator=(const generator_pause&) = delete;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept { core_.pause(value_); }
    Send await_resume() {
        void* sent = core_.resumed();
        if constexpr (!std::is_void_v<Send>) {
            return sent != nullptr ? std::move(*static_cast<Send*>(sent)) : Send();
        }
    }

private:
    generator_core& core_;
    void* value_;
};

// The same for a value that the body keeps: the copy is what is handed over.
template <class Yield, class Send>
class generator_pause_copy {
public:
    generator_pause_copy(generator_core& core, const Yield& value)
        : value_(value), pause_(core, __builtin_addressof(value_)) {}
    generator_pause_copy(const generator_pause_copy&) = delete;
    generator_pause_copy& operator=(const generator_pause_copy&) = delete;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) noexcept { pause_.await_suspend(h); }
    Send await_resume() { return pause_.await_resume(); }

private:
    Yield value_;
    generator_pause<Send> pause_;
};

// The await of co_await inner(). owner: the pointer in a generator that is a temporary.
template <class Yield, class Send, class Return>
class generator_delegation {
public:
    using inner_promise = generator_promise<Yield, Send, Return>;

    generator_delegation(generator_core& outer, inner_promise& inner, generator_core** owner)
        : outer_(outer), inner_(inner), owner_(owner) {
        inner_.check_idle();
    }
    generator_delegation(const generator_delegation&) = delete;
    generator_delegation& operator=(const generator_delegation&) = delete;

    bool await_ready() const noexcept { return inner_.finished(); }
    void await_suspend(std::coroutine_handle<>) noexcept { outer_.delegate(inner_, owner_); }
    Return await_resume() {
        outer_.resumed();
        inner_.rethrow();
        if constexpr (!std::is_void_v<Return>) return std::move(inner_.result());
    }

private:
    generator_core& outer_;
    inner_promise& inner_;
    generator_core** owner_;
};

// The await of co_await from(range): delegation to a generator that it owns.
template <class Yield, class Send>
class generator_range {
public:
    generator_range(generator_core& outer, generator<Yield, Send> elements)
        : elements_(std::move(elements)),
          delegation_(outer, elements_.promise(), &elements_.core_) {
        elements_.promise().set_next_only();
    }
    generator_range(const generator_range&) = delete;
    generator_range& operator=(const generator_range&) = delete;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) noexcept { delegation_.await_suspend(h); }
    void await_resume() { delegation_.await_resume(); }

private:
    generator<Yield, Send> elements_;
    generator_delegation<Yield, Send, void> delegation_;
};

template <class Return>
class generator_result {
public:
    template <class R = Return>
        requires std::is_convertible_v<R, Return>
    void return_value(R&& value) {
        result_.emplace(std::forward<R>(value));
    }

    Return& result() {
        if (result_) return *result_;
        throw usage_error("generator has no result: it was closed, or an exception ended it");
    }
    std::optional<Return> take_result() { return std::exchange(result_, std::nullopt); }

private:
    std::optional<Return> result_;
};

template <>
class generator_result<void> {
public:
    void return_void() noexcept {}
    void result() noexcept {}
};

template <class Yield, class Send>
class generator_promise_base : public generator_core {
public:
    static void* operator new(std::size_t size) { return frame_pool::allocate(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
        frame_pool::deallocate(frame, size);
    }

    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }

    // A temporary is handed over as it is; anything else is copied, unless Yield is a reference.
    generator_pause<Send> yield_value(std::remove_reference_t<Yield>&& value) noexcept
        requires(!std::is_reference_v<Yield>)
    {
        return {*this, __builtin_addressof(value)};
    }
    generator_pause_copy<Yield, Send> yield_value(const std::remove_reference_t<Yield>& value)
        requires(!std::is_reference_v<Yield> && std::is_copy_constructible_v<Yield>)
    {
        return {*this, value};
    }
    generator_pause<Send> yield_value(Yield value) noexcept
        requires std::is_reference_v<Yield>
    {
        return {*this, const_cast<void*>(static_cast<const void*>(__builtin_addressof(value)))};
    }

    template <class R>
    generator_delegation<Yield, Send, R> await_transform(generator<Yield, Send, R>& inner) {
        return {*this, inner.promise(), nullptr};
    }
    template <class R>
    generator_delegation<Yield, Send, R> await_transform(generator<Yield, Send, R>&& inner) {
        return {*this, inner.promise(), &inner.core_};
    }
    template <class Range>
    generator_range<Yield, Send> await_transform(from<Range>&& range) {
        return {*this, elements<Range>(std::forward<Range>(range.range_))};
    }
    // A generator awaits only generators that yield and receive the same types, and from(range):
    // it has no loop to wait with.
    template <class T>
    void await_transform(T&&) = delete;

private:
    template <class Range>
    static generator<Yield, Send> elements(Range range) {
        for (auto&& element : range) co_yield std::forward<decltype(element)>(element);
    }
};

template <class Yield, class Send, class Return>
class generator_promise final : public generator_promise_base<Yield, Send>,
                                public generator_result<Return> {
public:
    generator<Yield, Send, Return> get_return_object() noexcept {
        this->set_frame(std::coroutine_handle<generator_promise>::from_promise(*this));
        return generator<Yield, Send, Return>(*this);
    }
};

}  // namespace detail

// An input iterator. It holds no value: * is the value that the paused co_yield hands over.
template <class Yield, class Send, class Return>
class generator<Yield, Send, Return>::iterator {
public:
    using value_type = std::remove_cvref_t<Yield>;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(detail::generator_core& core) noexcept : core_(&core) {}

    Yield& operator*() const noexcept { return *static_cast<pointee*>(core_->value()); }
    iterator& operator++() {
        core_->advance(nullptr);
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, sentinel) noexcept { return at.core_->finished(); }

private:
    using pointee = std::remove_reference_t<Yield>;
    detail::generator_core* core_ = nullptr;
};

template <class Yield, class Send, class Return>
generator<Yield, Send, Return>& generator<Yield, Send, Return>::operator=(
    generator&& other) noexcept {
    if (this != &other) {
        if (core_ != nullptr) core_->destroy();
        core_ = std::exchange(other.core_, nullptr);
    }
    return *this;
}

template <class Yield, class Send, class Return>
generator<Yield, Send, Return>::~generator() {
    if (core_ != nullptr) core_->destroy();
}

template <class Yield, class Send, class Return>
auto generator<Yield, Send, Return>::to_item(bool more) -> item {
    if (!more) return {};
    auto* value = static_cast<std::remove_reference_t<Yield>*>(core_->value());
    if constexpr (std::is_reference_v<Yield>)
        return value;
    else
        return item(std::move(*value));
}

template <class Yield, class Send, class Return>
auto generator<Yield, Send, Return>::next() -> item {
    return to_item(core_ != nullptr && core_->advance(nullptr));
}

template <class Yield, class Send, class Return>
Yield generator<Yield, Send, Return>::next_or_throw() {
    const bool ended = done();
    if (item value = next()) return static_cast<Yield>(*std::move(value));
    if constexpr (std::is_void_v<Return>)
        throw stop_iteration<>();
    else
        throw stop_iteration<Return>(ended ? std::nullopt : promise().take_result());
}

template <class Yield, class Send, class Return>
template <class S>
    requires(!std::is_void_v<Send> && std::is_convertible_v<S, Send>)
auto generator<Yield, Send, Return>::send(S&& what) -> item {
    if (done()) return {};
    Send sent = std::forward<S>(what);
    if (detail::is_none(sent)) return next();
    if (!core_->started()) throw usage_error("send a value to a generator that has not started");
    if (core_->takes_values()) return to_item(core_->advance(&sent));
    return raise(usage_error("send a value to a range that a generator yields from"));
}

template <class Yield, class Send, class Return>
auto generator<Yield, Send, Return>::raise(std::exception_ptr error) -> item {
    if (core_ == nullptr) std::rethrow_exception(std::move(error));
    return to_item(core_->raise(std::move(error)));
}

template <class Yield, class Send, class Return>
template <class E>
    requires(!std::is_convertible_v<E, std::exception_ptr>)
auto generator<Yield, Send, Return>::raise(E error) -> item {
    return raise(std::make_exception_ptr(std::move(error)));
}

template <class Yield, class Send, class Return>
auto generator<Yield, Send, Return>::close()
    -> std::conditional_t<std::is_void_v<Return>, void, std::optional<Return>> {
    const bool returned = core_ != nullptr && core_->close();
    if constexpr (!std::is_void_v<Return>) {
        return returned ? promise().take_result() : std::nullopt;
    }
}

template <class Yield, class Send, class Return>
auto generator<Yield, Send, Return>::result() -> std::add_lvalue_reference_t<Return> {
    if (!done()) throw usage_error("generator has no result yet: it has not ended");
    if (core_ == nullptr) throw usage_error("generator was moved from");
    return promise().result();
}

template <class Yield, class Send, class Return>
auto generator<Yield, Send, Return>::begin() -> iterator {
    core_->advance(nullptr);
    return iterator(*core_);
}

}  // namespace nurt

template <class Yield, class Send, class Return>
inline constexpr bool std::ranges::enable_view<nurt::generator<Yield, Send, Return>> = true;
