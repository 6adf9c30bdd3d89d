// SPDX-License-Identifier: MIT
// nurt/core/detail/to_handle.hpp: a handle to anything that can be waited for.
//
// A coroutine becomes a task. Its awaiter may go before it ends, so captures are refused.
#pragma once

#include <source_location>
#include <utility>

#include "nurt/core/detail/gather_core.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/task.hpp"

namespace nurt::detail {

template <class T>
task<T> to_handle(coro<T>&& work) {
    if (!work) {
        throw_awaited_twice();
    }
    const std::source_location place = coro_access<T>::place(work);
    return create_task(std::move(work), place);
}
template <class T>
const task<T>& to_handle(const task<T>& handle) {
    handle.state().check_home();
    return handle;
}
template <class T>
const future<T>& to_handle(const future<T>& handle) {
    handle.state().check_home();
    return handle;
}
template <class A>
    requires gives_coro<A>
auto to_handle(A&& request) {
    return to_handle(std::forward<A>(request).operator co_await());
}

}  // namespace nurt::detail
