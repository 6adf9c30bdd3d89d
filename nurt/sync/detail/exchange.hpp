// SPDX-License-Identifier: MIT
// nurt/sync/detail/exchange.hpp: where items pass from those who give to those who take.
//
// What queues and channels share. Items go from hand to hand: to a taker that waits, else into the
// store, else the giver waits with its item in its own awaiter. A giver or taker that is cancelled
// while it waits leaves with what it had, so no item is lost and none is there twice.
//
// Invariants:
//  1. While takers wait, the store is empty and no givers wait.
//  2. While givers wait, the store is full (of capacity 0, it always is).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "nurt/sync/parking_lot.hpp"

namespace nurt::detail {

template <class T>
class giver : public parked {
public:
    giver(parking_lot& lot, T&& what) noexcept : parked(lot), item(std::move(what)) {}

    T item;
    bool refused = false;  // woken because nobody will ever take it

protected:
    ~giver() = default;
};

template <class T>
class taker : public parked {
public:
    using parked::parked;

    std::optional<T> item;  // still empty when woken: there will never be one

protected:
    ~taker() = default;
};

template <class T, class Store>
class exchange {
    static_assert(std::is_nothrow_move_constructible_v<T>,
                  "an item is moved from task to task, which must not fail on the way");

public:
    explicit exchange(std::size_t room) noexcept : capacity(room) {}

    bool can_take() const noexcept { return !store.empty() || !givers.empty(); }

    // Only when can_take().
    T take() {
        if (store.empty()) {
            giver<T>& from = *givers.pop<giver<T>>();
            T item = std::move(from.item);
            ++entered;
            parking_lot::wake(from);
            return item;
        }
        T item = store.pop();
        if (giver<T>* next = givers.pop<giver<T>>()) {
            enter(next->item);
            parking_lot::wake(*next);
        }
        return item;
    }

    // False, and the item is untouched, if the giver would have to wait.
    bool give(T& item) {
        if (taker<T>* to = takers.pop<taker<T>>()) {
            to->item.emplace(std::move(item));
            ++entered;
            parking_lot::wake(*to);
            return true;
        }
        if (store.size() >= capacity) return false;
        enter(item);
        return true;
    }

    void refuse_givers() noexcept {
        while (giver<T>* g = givers.pop<giver<T>>()) {
            g->refused = true;
            parking_lot::wake(*g);
        }
    }

    Store store;
    parking_lot givers;
    parking_lot takers;
    const std::size_t capacity;
    std::uint64_t entered = 0;  // items that got in, taken or not

private:
    void enter(T& item) {
        store.push(std::move(item));
        ++entered;
    }
};

}  // namespace nurt::detail
