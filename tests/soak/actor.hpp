// SPDX-License-Identifier: MIT
// tests/soak/actor.hpp: one who does something again and again, and is often cut short.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/with.hpp"
#include "tests/soak/soak.hpp"

namespace nurt_soak {

// What an actor is called, when he is cut short, and which errors (errno values) others may cause him.
struct habits {
    std::string_view kind;
    std::size_t patience_ms = 20;
    std::span<const int> errors = {};
};
static_assert(std::is_trivially_destructible_v<habits>);

// Does it once: to its end, or, in half of the cases, until a moment that the dice say. It is wrong
// if it takes 40 s and more, or ends with an error that is not among the habits.
coro<> attempt(world& w, dice& d, coro<> work, habits h);

// What an actor does: with what all of his kind share, and his dice.
template <class Shared>
using deed = coro<> (*)(Shared&, dice&);

// Chooses one of the deeds each time, until the time is over.
template <class Shared>
coro<> live(world& w, Shared& shared, dice d, habits h, std::span<const deed<Shared>> deeds) {
    while (!w.over()) {
        const deed<Shared> chosen = deeds[d.below(deeds.size())];
        coro<> work = chosen(shared, d);
        co_await attempt(w, d, std::move(work), h);
    }
}

template <class Shared>
void start_actors(world& w, nurt::task_group& group, Shared& shared, std::size_t count, habits h,
                  std::span<const deed<Shared>> deeds) {
    w.require(std::string(h.kind) + ": done");
    w.require(std::string(h.kind) + ": cut short");
    for (std::size_t i = 0; i < count; ++i) {
        const dice own = w.dice_for(h.kind, i);
        group.create_task(live(w, shared, own, h, deeds), h.kind).detach();
    }
}

// True if the operation ended before that moment; else it was cancelled.
template <class Operation>
coro<bool> within(nurt::duration moment, Operation operation) {
    auto body = [&operation]() -> coro<> { co_await operation(); };
    const bool ended = co_await nurt::move_on_after(moment, body);
    co_return ended;
}

}  // namespace nurt_soak
