// SPDX-License-Identifier: MIT
// nurt/core/detail/never_awaited.cpp: coroutines that were dropped before they began.
#include <cstdio>
#include <string>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/task_text.hpp"
#include "nurt/io/environment.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

namespace {

// A promise that was not started still knows the place of its function.
void report(const promise_base& promise) noexcept {
    try {
        const std::string text = std::string("coroutine '") + promise.where.function_name() +
                                 "' of " + text_of(promise.where) + " was never awaited";
        if (this_thread.core != nullptr) {
            event_loop::here().call_debug_handler({debug_finding::never_awaited, text});
        } else {
            std::fprintf(stderr, "nurt: %s\n", text.c_str());
        }
    } catch (...) {  // no memory for the text, and a destructor has nobody to tell
        std::fputs("nurt: a coroutine was never awaited\n", stderr);
    }
}

}  // namespace

void drop_unstarted(void* frame) noexcept {
    const bool wanted =
        this_thread.core != nullptr ? this_thread.core->debug : io::environment_says("NURT_DEBUG");
    if (wanted) {
        report(promise_at(frame));
    }
    std::coroutine_handle<>::from_address(frame).destroy();
}

}  // namespace nurt::detail
