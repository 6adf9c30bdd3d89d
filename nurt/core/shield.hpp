// SPDX-License-Identifier: MIT
// nurt/core/shield.hpp: work that goes on when its awaiter is cancelled.
#pragma once

#include <type_traits>
#include <utility>

#include "nurt/core/detail/shield_core.hpp"
#include "nurt/core/detail/to_handle.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/task.hpp"

namespace nurt {

// co_await shield(work) is co_await work, but a cancellation ends only the waiting: the work, which
// is started as a task at once, goes on, and an error that it then ends with goes to the loop's
// exception handler. Cancelling the work itself cancels the awaiter too.
//
// Keep a task of your own when you have to wait for the work later, and prefer finally() for
// cleanup. Python: asyncio.shield.
template <class A>
    requires detail::gatherable<A>
auto shield(A&& work);

// Implementation

namespace detail {

template <class T, class Item>
class shield_state final : public future_state<T>, public shield_core {
public:
    shield_state() : shield_core(static_cast<future_base&>(*this)) {}

private:
    void waits_for(wait_list& list) const override { this->add_inner(list); }
    void run() noexcept override { finish(); }
    void discard() noexcept override { drop_turn(); }
    void collect(future_base& inner) override {
        if constexpr (!std::is_void_v<T>) {
            this->result.set(Item::collect(inner, Item::shared));
        }
    }
};

}  // namespace detail

template <class A>
    requires detail::gatherable<A>
auto shield(A&& work) {
    using item = detail::gather_item<std::remove_cvref_t<A>>;
    using T = std::decay_t<typename item::value_type>;
    auto&& inner = detail::to_handle(std::forward<A>(work));
    auto* state = new detail::shield_state<T, item>;
    future<T> outer(state);
    state->begin(inner.state());
    return outer;
}

}  // namespace nurt
