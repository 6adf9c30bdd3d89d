// SPDX-License-Identifier: MIT
#include "nurt/core/async_generator.hpp"

#include "nurt/core/result.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt {

namespace {

coro<> close(detail::async_generator_core* core) {
    co_await detail::async_close(core);
}

}  // namespace

coro<> shutdown_asyncgens() {
    auto& live = event_loop::running().core().generators;
    while (list_link* first = live.pop_front()) {
        auto* core = static_cast<detail::async_generator_core*>(first);
        const result<> end = co_await as_result(close(core));
        if (!end) {
            event_loop::running().call_exception_handler(
                {"an error occurred while an asynchronous generator was closed",
                 end.error(),
                 {},
                 {}});
        }
    }
}

}  // namespace nurt
