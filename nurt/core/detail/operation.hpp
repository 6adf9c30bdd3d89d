// SPDX-License-Identifier: MIT
// nurt/core/detail/operation.hpp: operations, such as q.get(), where a coroutine is wanted.
//
// An operation cannot be moved, so it stays where it is, in the expression that awaits, and a small
// coroutine refers to it.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/gather_core.hpp"

namespace nurt::detail {

// What an await takes beside coroutines, handles and scopes.
template <class A>
concept operation = (leaf_like<A> || has_leaf<A>) && !is_handle<std::remove_cvref_t<A>>;

template <class A>
decltype(auto) leaf_of(A& what) {
    if constexpr (leaf_like<A>) {
        return what.await_resume();
    } else {
        return std::move(what).operator co_await().await_resume();
    }
}

template <class A>
using operation_result = decltype(leaf_of(std::declval<std::remove_reference_t<A>&>()));

// The caller awaits it in the expression that has made the operation.
template <class A>
coro<operation_result<A>> await_operation(std::remove_reference_t<A>* what) {
    co_return co_await static_cast<A&&>(*what);
}

// A coroutine of an operation; everything else as it is.
template <class A>
decltype(auto) to_gatherable(A&& what) {
    if constexpr (operation<A>) {
        return await_operation<A>(std::addressof(what));
    } else {
        return std::forward<A>(what);
    }
}

}  // namespace nurt::detail
