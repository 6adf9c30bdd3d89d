// SPDX-License-Identifier: MIT
// nurt/core/detail/body.hpp: what scopes accept as their body.
#pragma once

#include <type_traits>

#include "nurt/core/coro.hpp"

namespace nurt {

namespace detail {

// The T of the coro<T> that the body, called with Arg or with nothing, returns.
template <class Body, class Arg>
struct body_result {
    static auto pick() {
        if constexpr (is_coro<Body>) {
            return static_cast<Body*>(nullptr);
        } else if constexpr (std::is_invocable_v<Body&, Arg>) {
            return static_cast<std::invoke_result_t<Body&, Arg>*>(nullptr);
        } else {
            return static_cast<std::invoke_result_t<Body&>*>(nullptr);
        }
    }
    using coroutine = std::remove_pointer_t<decltype(pick())>;
    static_assert(is_coro<coroutine>, "the body has to return a coro: [&]() -> nurt::coro<> {...}");
    using type = typename coroutine::value_type;
};

// g++ before 13 destroys the members of a closure temporary twice when its expression suspends. A
// coroutine is no closure, and safe.
template <class Body>
constexpr void check_body() {
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
    static_assert(is_coro<std::remove_cvref_t<Body>> || std::is_lvalue_reference_v<Body> ||
                      std::is_trivially_destructible_v<Body>,
                  "g++ before 13 destroys what this lambda owns twice: give the lambda a name "
                  "first and pass that, or capture by reference");
#endif
}

// The same goes for aggregates among the arguments.
template <class Arg>
constexpr void check_argument() {
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
    static_assert(std::is_lvalue_reference_v<Arg> || std::is_trivially_destructible_v<Arg> ||
                      !std::is_aggregate_v<Arg>,
                  "g++ before 13 destroys what this aggregate owns twice: give it a name first and "
                  "pass that");
#endif
}

}  // namespace detail
}  // namespace nurt
