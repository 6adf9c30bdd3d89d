// SPDX-License-Identifier: MIT
// examples/what_cancel_does.cpp: a cancellation is asked for first, and delivered later.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

nurt::coro<void> close_files() {
    co_await nurt::sleep(5ms);  // a cleanup may take its time
    std::puts("  files closed");
}

nurt::coro<void> copy_files() {
    try {
        co_await nurt::sleep(1h);
    } catch (const nurt::cancelled_error& e) {
        std::printf("  cancelled: %s\n", e.message());
        throw;
    }
}

nurt::coro<void> work() {
    co_await nurt::finally(copy_files, close_files);
}

nurt::coro<void> program() {
    const nurt::task<void> t = nurt::create_task(work());
    co_await nurt::sleep(1ms);
    const bool asked = t.cancel("the user left");
    std::printf("asked %d, done %d, cancelling %u\n", asked, t.done(), t.cancelling());
    const auto end = co_await nurt::as_result(t);
    std::printf("cancelled %d\n", end.cancelled());
    std::printf("again: %d\n", t.cancel());  // it has ended
}

int main() {
    nurt::run(program());
}

// prints:
// asked 1, done 0, cancelling 1
//   cancelled: the user left
//   files closed
// cancelled 1
// again: 0
