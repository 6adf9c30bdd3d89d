// SPDX-License-Identifier: MIT
// nurt/core/gather.hpp: several things at once, their results together.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/gather_core.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/task.hpp"

namespace nurt {

// Starts each coroutine as a task, at once, and returns a future of all results, in the order of
// the arguments whatever order they end in: a tuple, in which void is std::monostate. Tasks and
// futures may be among the arguments; results of those that others hold too are copied.
//
// The first error goes to the awaiter at once and the others keep running (task_group stops them).
// Cancelling the future, or its awaiter, cancels every child and then waits for all of them.
// Python: asyncio.gather.
template <class... Aws>
    requires(detail::gatherable<Aws> && ...)
auto gather(Aws&&... awaitables);

// The same for a vector of coroutines, tasks or futures; the result is a vector.
template <class A>
    requires detail::gatherable<A>
auto gather(std::vector<A> awaitables);

// co_await gather(return_exceptions, a, b) gives a tuple (of a vector: a vector) of nurt::result:
// how each of them ended, cancellation included. Only a cancellation of the gather itself is
// thrown, when all have ended. Python: return_exceptions=True.
struct return_exceptions_t {};
inline constexpr return_exceptions_t return_exceptions{};
template <class... Aws>
    requires(detail::gatherable<Aws> && ...)
auto gather(return_exceptions_t, Aws&&... awaitables);
template <class A>
    requires detail::gatherable<A>
auto gather(return_exceptions_t, std::vector<A> awaitables);

// co_await gather(cancel_on_error, a, b): the first error, or cancellation of one of them, cancels
// the others, and is thrown when all have ended.
struct cancel_on_error_t {};
inline constexpr cancel_on_error_t cancel_on_error{};
template <class... Aws>
    requires(detail::gatherable<Aws> && ...)
auto gather(cancel_on_error_t, Aws&&... awaitables);
template <class A>
    requires detail::gatherable<A>
auto gather(cancel_on_error_t, std::vector<A> awaitables);

// Implementation

namespace detail {

template <class T>
using stored_result = std::conditional_t<std::is_void_v<T>, std::monostate, std::decay_t<T>>;

// One thing to gather, as a settled future of known type. A coroutine becomes a task.
template <class A>
struct gather_item;

template <class T, class Base>
struct gather_source {
    using value_type = T;
    using state_type = settled_state<T, Base>;

    static stored_result<T> collect(future_base& source, bool shared) {
        auto& state = static_cast<state_type&>(source);
        if constexpr (std::is_void_v<T>) {
            return {};
        } else if constexpr (std::is_copy_constructible_v<std::decay_t<T>>) {
            return shared ? stored_result<T>(state.get()) : stored_result<T>(state.take());
        } else {
            return state.take();
        }
    }
};

template <class T>
struct gather_item<coro<T>> : gather_source<T, task_base> {
    // Captures are fine: the awaiter keeps the lambda alive. The place is that of the coroutine.
    static future_base& start(coro<T> work) {
        if (!work) {
            throw_awaited_twice();
        }
        return spawn(work, coro_access<T>::place(work));
    }
    static constexpr bool shared = false;
};
template <gives_coro A>
struct gather_item<A> : gather_item<decltype(std::declval<A>().operator co_await())> {
    static future_base& start(A&& request) {
        using work = decltype(std::move(request).operator co_await());
        return gather_item<work>::start(std::move(request).operator co_await());
    }
};
template <class T>
struct gather_item<task<T>> : gather_source<T, task_base> {
    static future_base& start(const task<T>& handle) {
        handle.state().check_home();
        handle.state().retain();
        return handle.state();
    }
    static constexpr bool shared = true;
};
template <class T>
struct gather_item<future<T>> : gather_source<T, future_base> {
    static future_base& start(const future<T>& handle) {
        handle.state().check_home();
        handle.state().retain();
        return handle.state();
    }
    static constexpr bool shared = true;
};

template <class R>
class gather_state : public future_state<R>, public gather_core {
public:
    explicit gather_state(std::size_t count, gather_mode mode = gather_mode::plain)
        : gather_core(*this, count, mode) {}

    bool cancel(const shared_text& message) noexcept override {
        return !this->done() && cancel_children(message);
    }
    void waits_for(wait_list& list) const override { add_children(list); }
    void run() noexcept override { finish(); }
    void discard() noexcept override { drop_turn(); }
};

template <class... Items>
class gather_tuple final
    : public gather_state<std::tuple<stored_result<typename Items::value_type>...>> {
public:
    using gather_state<std::tuple<stored_result<typename Items::value_type>...>>::gather_state;

private:
    void collect() override { collect(std::index_sequence_for<Items...>()); }
    template <std::size_t... I>
    void collect(std::index_sequence<I...>) {
        this->result.set(std::tuple<stored_result<typename Items::value_type>...>{
            Items::collect(this->source(I), Items::shared)...});
    }
};

template <class Item>
class gather_vector final
    : public gather_state<std::vector<stored_result<typename Item::value_type>>> {
    using value = stored_result<typename Item::value_type>;

public:
    using gather_state<std::vector<value>>::gather_state;

private:
    void collect() override {
        std::vector<value> all;
        all.reserve(this->size());
        for (std::size_t i = 0; i < this->size(); ++i) {
            all.push_back(Item::collect(this->source(i), Item::shared));
        }
        this->result.set(std::move(all));
    }
};

// How the thing ended, as a value: for return_exceptions.
template <class Item>
struct end_of : Item {
    using ended = std::conditional_t<std::is_void_v<typename Item::value_type>, void,
                                     std::decay_t<typename Item::value_type>>;
    using value_type = nurt::result<ended>;

    static value_type collect(future_base& source, bool shared) {
        if (source.failed()) {
            return value_type(source.result_base().error);
        }
        if constexpr (std::is_void_v<ended>) {
            return value_type(std::in_place);
        } else {
            return value_type(std::in_place, Item::collect(source, shared));
        }
    }
};

template <class State>
using future_of = future<std::remove_cvref_t<decltype(std::declval<State&>().result.get())>>;

}  // namespace detail

namespace detail {

template <class... Items, class... Aws>
auto gather_all(gather_mode mode, Aws&&... awaitables) {
    using state_type = gather_tuple<Items...>;
    auto* state = new state_type(sizeof...(Aws), mode);
    future_of<state_type> made(state);
    (state->add(Items::start(std::forward<Aws>(awaitables))), ...);
    state->begin();
    return made;
}

template <class Item, class A>
auto gather_each(gather_mode mode, std::vector<A> awaitables) {
    using state_type = gather_vector<Item>;
    auto* state = new state_type(awaitables.size(), mode);
    future_of<state_type> made(state);
    for (A& awaitable : awaitables) {
        state->add(Item::start(std::move(awaitable)));
    }
    state->begin();
    return made;
}

template <class A>
using item_of = gather_item<std::remove_cvref_t<A>>;

}  // namespace detail

template <class... Aws>
    requires(detail::gatherable<Aws> && ...)
auto gather(Aws&&... awaitables) {
    return detail::gather_all<detail::item_of<Aws>...>(detail::gather_mode::plain,
                                                       std::forward<Aws>(awaitables)...);
}
template <class... Aws>
    requires(detail::gatherable<Aws> && ...)
auto gather(return_exceptions_t, Aws&&... awaitables) {
    return detail::gather_all<detail::end_of<detail::item_of<Aws>>...>(
        detail::gather_mode::keep_errors, std::forward<Aws>(awaitables)...);
}
template <class... Aws>
    requires(detail::gatherable<Aws> && ...)
auto gather(cancel_on_error_t, Aws&&... awaitables) {
    return detail::gather_all<detail::item_of<Aws>...>(detail::gather_mode::stop_at_error,
                                                       std::forward<Aws>(awaitables)...);
}

template <class A>
    requires detail::gatherable<A>
auto gather(std::vector<A> awaitables) {
    return detail::gather_each<detail::gather_item<A>>(detail::gather_mode::plain,
                                                       std::move(awaitables));
}
template <class A>
    requires detail::gatherable<A>
auto gather(return_exceptions_t, std::vector<A> awaitables) {
    return detail::gather_each<detail::end_of<detail::gather_item<A>>>(
        detail::gather_mode::keep_errors, std::move(awaitables));
}
template <class A>
    requires detail::gatherable<A>
auto gather(cancel_on_error_t, std::vector<A> awaitables) {
    return detail::gather_each<detail::gather_item<A>>(detail::gather_mode::stop_at_error,
                                                       std::move(awaitables));
}

}  // namespace nurt
