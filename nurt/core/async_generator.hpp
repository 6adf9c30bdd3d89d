// SPDX-License-Identifier: MIT
// nurt/core/async_generator.hpp: functions that produce values, and may wait in between.
//
// The body runs in the task that asks, step by step: an await in it suspends that task, and a
// cancellation of the task arrives in it. Nothing runs between the steps.
//
// Source: PEP 525.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/detail/async_generator_core.hpp"
#include "nurt/core/detail/body.hpp"
#include "nurt/core/generator.hpp"
#include "nurt/core/with.hpp"

namespace nurt {

namespace detail {
template <class Yield, class Send>
class async_generator_promise;
template <class Yield>
class async_next;
template <class Yield, class Send>
class async_send;
template <class Yield>
class async_raise;
}  // namespace detail

// Yields values of type Yield (which may be T&) and receives Send at each co_yield.
//
//     async_generator<int> ticks(int count) {
//         for (int i = 1; i <= count; ++i) {
//             co_await sleep(1s);
//             co_yield i;
//         }
//     }
//     auto source = ticks(3);
//     while (auto tick = co_await source.next()) use(*tick);
//
// next, asend, athrow and aclose are awaited in the expression that calls them. One of them at a
// time: usage_error if the body is running, in whichever task. An exception that leaves the body,
// cancelled_error too, reaches who asked, and ends the generator.
//
// Destroying a generator destroys the locals of a paused body, but runs none of its catch clauses
// and awaits: aclose() or aclosing() does. What is alive at the end of run() is closed there.
// Python: an asynchronous generator.
template <class Yield, class Send = void>
class [[nodiscard]] async_generator {
public:
    using promise_type = detail::async_generator_promise<Yield, Send>;
    // Nothing once the generator has ended. A pointer if Yield is a reference.
    using item = std::conditional_t<std::is_reference_v<Yield>, std::remove_reference_t<Yield>*,
                                    std::optional<Yield>>;

    async_generator(async_generator&& other) noexcept
        : core_(std::exchange(other.core_, nullptr)) {}
    async_generator& operator=(async_generator&& other) noexcept {
        std::swap(core_, other.core_);
        return *this;
    }
    ~async_generator() {
        if (core_ != nullptr) {
            core_->abandon();
        }
    }

    [[nodiscard]] auto next() { return detail::async_next<Yield>(core_); }

    // Hands a value to the paused co_yield, and goes on to the next one. Before the start only an
    // empty optional may be sent, which is next().
    template <class S>
        requires(!std::is_void_v<Send> && std::is_convertible_v<S, Send>)
    [[nodiscard]] auto asend(S&& what) {
        return detail::async_send<Yield, Send>(core_, std::forward<S>(what));
    }

    // Throws at the paused co_yield. What comes out is the next value, or the exception if the body
    // lets it pass, which it also does before the start and after the end.
    [[nodiscard]] auto athrow(std::exception_ptr error) {
        return detail::async_raise<Yield>(core_, std::move(error));
    }
    template <class E>
        requires(!std::is_convertible_v<E, std::exception_ptr>)
    [[nodiscard]] auto athrow(E error) {
        return athrow(std::make_exception_ptr(std::move(error)));
    }

    // Ends the generator: generator_exit is thrown at the paused co_yield, and the body may await
    // on its way out. May be repeated. usage_error: the body yielded instead of ending.
    [[nodiscard]] auto aclose() { return detail::async_close(core_); }

    bool done() const noexcept { return core_ == nullptr || core_->done(); }

private:
    friend promise_type;
    explicit async_generator(detail::async_generator_core& core) noexcept : core_(&core) {}

    detail::async_generator_core* core_;
};

// Calls fn with each value, and awaits what it returns if that is a coroutine. As with a loop of
// next(), leaving it by an error does not close the generator. Python: async for.
template <class Yield, class Send, class Fn>
[[nodiscard]] coro<> for_each(async_generator<Yield, Send>& source, Fn&& fn);
template <class Yield, class Send, class Fn>
[[nodiscard]] coro<> for_each(async_generator<Yield, Send>&& source, Fn&& fn);

// co_await aclosing(ticks(3), [&](auto& source) -> coro<T> {...}) gives what the body gives, and
// closes the generator in any case before that; shielded, as the cleanup of finally is.
// Python: contextlib.aclosing.
template <class Yield, class Send, class Body>
[[nodiscard]] auto aclosing(async_generator<Yield, Send> source, Body&& body);

// Closes every async generator of the running loop that has started and not ended; run() does it.
// Their errors go to the loop's exception handler. Python: loop.shutdown_asyncgens.
coro<> shutdown_asyncgens();

// Implementation

namespace detail {

// The await of next(), and what is common to those that end with a value.
template <class Yield>
class async_next : public async_step {
public:
    using item = typename async_generator<Yield>::item;

    explicit async_next(async_generator_core* core) noexcept : async_step(core) {}

    template <bool Tail>
    typename transfer<Tail>::type enter(void* caller) {
        return go<Tail>(core_ != nullptr && core_->begin(nullptr), caller);
    }
    item leave() {
        const last_look at_end(*this);
        if (!stepped_ || !core_->end()) {
            return item();
        }
        auto* value = static_cast<std::remove_reference_t<Yield>*>(core_->value());
        if constexpr (std::is_reference_v<Yield>) {
            return value;
        } else {
            return item(std::move(*value));
        }
    }
};

template <class Yield, class Send>
class async_send final : public async_next<Yield> {
public:
    template <class S>
    async_send(async_generator_core* core, S&& what)
        : async_next<Yield>(core), sent_(std::forward<S>(what)) {}

    template <bool Tail>
    typename transfer<Tail>::type enter(void* caller) {
        return this->template go<Tail>(begin(), caller);
    }

private:
    bool begin() {
        if (this->core_ == nullptr) {
            return false;
        }
        const bool none = is_none(sent_);
        if (!none && !this->core_->started() && !this->core_->done()) {
            throw usage_error("send a value to an asynchronous generator that has not started");
        }
        return this->core_->begin(none ? nullptr : __builtin_addressof(sent_));
    }

    Send sent_;
};

template <class Yield>
class async_raise final : public async_next<Yield> {
public:
    async_raise(async_generator_core* core, std::exception_ptr error) noexcept
        : async_next<Yield>(core), error_(std::move(error)) {}

    template <bool Tail>
    typename transfer<Tail>::type enter(void* caller) {
        if (this->core_ == nullptr) {
            std::rethrow_exception(std::move(error_));
        }
        return this->template go<Tail>(this->core_->begin_raise(std::move(error_)), caller);
    }

private:
    std::exception_ptr error_;
};

template <class Yield, class Send>
class async_generator_promise final : public promise_common, public async_generator_core {
public:
    explicit async_generator_promise(
        std::source_location place = std::source_location::current()) noexcept
        : promise_common(place) {}

    async_generator<Yield, Send> get_return_object() noexcept {
        bind(*this, std::coroutine_handle<async_generator_promise>::from_promise(*this).address());
        return async_generator<Yield, Send>(*this);
    }
    async_end<tail_calls> final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { fail(); }

    // A temporary is handed over as it is; anything else is copied, unless Yield is a reference.
    async_pause<Send, tail_calls> yield_value(std::remove_reference_t<Yield>&& value) noexcept
        requires(!std::is_reference_v<Yield>)
    {
        return {*this, __builtin_addressof(value)};
    }
    async_pause_copy<Yield, Send, tail_calls> yield_value(
        const std::remove_reference_t<Yield>& value)
        requires(!std::is_reference_v<Yield> && std::is_copy_constructible_v<Yield>)
    {
        return {*this, value};
    }
    async_pause<Send, tail_calls> yield_value(Yield value) noexcept
        requires std::is_reference_v<Yield>
    {
        return {*this, const_cast<void*>(static_cast<const void*>(__builtin_addressof(value)))};
    }
};

// Source: a generator, or a reference to one.
template <class Source, class Fn>
coro<> each_of(Source source, Fn fn) {
    while (auto value = co_await source.next()) {
        using answer = decltype(fn(*std::move(value)));
        if constexpr (is_coro<std::remove_cvref_t<answer>>) {
            co_await fn(*std::move(value));
        } else {
            fn(*std::move(value));
        }
    }
}

template <class T, class Source, class Body>
coro<T> run_aclosing(Source source, Body body) {
    result<T> end = co_await as_result(call_body<T>(body, source));
    {
        const cleanup_shield shield;
        co_await source.aclose();
    }
    co_return std::move(end).value();
}

}  // namespace detail

template <class Yield, class Send, class Fn>
coro<> for_each(async_generator<Yield, Send>& source, Fn&& fn) {
    detail::check_body<Fn>();
    return detail::each_of<async_generator<Yield, Send>&, std::decay_t<Fn>>(source,
                                                                            std::forward<Fn>(fn));
}
template <class Yield, class Send, class Fn>
coro<> for_each(async_generator<Yield, Send>&& source, Fn&& fn) {
    detail::check_body<Fn>();
    return detail::each_of<async_generator<Yield, Send>, std::decay_t<Fn>>(std::move(source),
                                                                           std::forward<Fn>(fn));
}

template <class Yield, class Send, class Body>
auto aclosing(async_generator<Yield, Send> source, Body&& body) {
    detail::check_body<Body>();
    using source_type = async_generator<Yield, Send>;
    using fn = std::decay_t<Body>;
    using T = typename detail::body_result<fn, source_type&>::type;
    return detail::run_aclosing<T, source_type, fn>(std::move(source), std::forward<Body>(body));
}

}  // namespace nurt
