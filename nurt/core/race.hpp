// SPDX-License-Identifier: MIT
// nurt/core/race.hpp: several ways to the same end, and the first one counts.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/operation.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/leaf.hpp"

namespace nurt {

// Which of the arguments was first, and what it gave: its value, if all give the same type, else a
// variant with one place for each argument. void is std::monostate.
template <class V>
struct race_result {
    std::size_t index;
    V value;
};

// const auto first = co_await race(from_cache(key), from_disk(key));
//
// Starts each coroutine as a task when awaited. The first that ends wins, with a value or an error;
// the others are cancelled, tasks and futures of yours too, and the race ends when they have ended.
// Their values are dropped, their errors go where errors go that nobody retrieves. A cancellation
// that arrives before there is a winner cancels all of them and is thrown when they have ended.
// Of several that end in one turn, the first counts.
template <class... Aws>
    requires(sizeof...(Aws) > 0 && (detail::gatherable<Aws> && ...))
auto race(Aws&&... awaitables);
// With operations among them, in one expression: co_await race(q.get(), stop.wait()).
template <class... Aws>
    requires((detail::gatherable<Aws> || detail::operation<Aws>) && ...) &&
            (detail::operation<Aws> || ...)
auto race(Aws&&... awaitables);

// The same for a vector. usage_error: it is empty.
template <class A>
    requires detail::gatherable<A>
auto race(std::vector<A> awaitables);

// Implementation

namespace detail {

class race_set;

class race_leaf final : public leaf {
public:
    explicit race_leaf(std::size_t count);
    ~race_leaf();
    void add(future_base& source) noexcept;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept;
    std::size_t await_resume();  // the index of the winner; throws its error
    cancel_answer cancel() noexcept override;
    void waits_for(wait_list& list) const override;

    future_base& source(std::size_t index) const noexcept;

private:
    friend class race_set;
    race_set* set_;
};

template <class First, class... Rest>
struct race_value {
    using type = std::conditional_t<(std::is_same_v<First, Rest> && ...), First,
                                    std::variant<First, Rest...>>;
};

template <class V, std::size_t I, class Item>
V winner_value(future_base& source) {
    if constexpr (std::is_same_v<V, stored_result<typename Item::value_type>>) {
        return Item::collect(source, Item::shared);
    } else {
        return V(std::in_place_index<I>, Item::collect(source, Item::shared));
    }
}

template <class V, class... Items, std::size_t... I>
race_result<V> collect_winner(const race_leaf& race, std::size_t winner,
                              std::index_sequence<I...>) {
    using collector = V (*)(future_base&);
    static constexpr collector collectors[] = {&winner_value<V, I, Items>...};
    return {winner, collectors[winner](race.source(winner))};
}

template <class... Aws>
auto run_race(Aws... awaitables) -> coro<
    race_result<typename race_value<stored_result<typename item_of<Aws>::value_type>...>::type>> {
    using value = typename race_value<stored_result<typename item_of<Aws>::value_type>...>::type;
    race_leaf race(sizeof...(Aws));
    (race.add(item_of<Aws>::start(std::move(awaitables))), ...);
    const std::size_t winner = co_await race;
    co_return collect_winner<value, item_of<Aws>...>(race, winner,
                                                     std::index_sequence_for<Aws...>());
}

template <class A>
auto run_race_of(std::vector<A> awaitables)
    -> coro<race_result<stored_result<typename gather_item<A>::value_type>>> {
    using item = gather_item<A>;
    using value = stored_result<typename item::value_type>;
    race_leaf race(awaitables.size());
    for (A& awaitable : awaitables) {
        race.add(item::start(std::move(awaitable)));
    }
    const std::size_t winner = co_await race;
    co_return race_result<value>{winner, item::collect(race.source(winner), item::shared)};
}

}  // namespace detail

template <class... Aws>
    requires(sizeof...(Aws) > 0 && (detail::gatherable<Aws> && ...))
auto race(Aws&&... awaitables) {
    return detail::run_race<std::remove_cvref_t<Aws>...>(std::forward<Aws>(awaitables)...);
}

template <class... Aws>
    requires((detail::gatherable<Aws> || detail::operation<Aws>) && ...) &&
            (detail::operation<Aws> || ...)
auto race(Aws&&... awaitables) {
    return race(detail::to_gatherable(std::forward<Aws>(awaitables))...);
}

template <class A>
    requires detail::gatherable<A>
auto race(std::vector<A> awaitables) {
    return detail::run_race_of<A>(std::move(awaitables));
}

}  // namespace nurt
