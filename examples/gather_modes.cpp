// SPDX-License-Identifier: MIT
// examples/gather_modes.cpp: three things that gather can do with an error.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

using namespace std::chrono_literals;

nurt::coro<int> works() {
    try {
        co_await nurt::sleep(20ms);
    } catch (const nurt::cancelled_error&) {
        std::puts("  cancelled");
        throw;
    }
    std::puts("  done");
    co_return 1;
}

nurt::coro<int> fails() {
    co_await nurt::sleep(1ms);
    throw std::runtime_error("boom");
}

nurt::coro<void> program() {
    std::puts("plain: the others go on");
    const auto first = co_await nurt::as_result(nurt::gather(works(), fails()));
    std::printf("%s\n", first ? "fine" : "failed");
    co_await nurt::sleep(50ms);

    std::puts("return_exceptions: every end as a value");
    auto [a, b] = co_await nurt::gather(nurt::return_exceptions, works(), fails());
    std::printf("%d, %s\n", a.value(), b ? "fine" : "failed");

    std::puts("cancel_on_error: the others are cancelled and waited for");
    try {
        co_await nurt::gather(nurt::cancel_on_error, works(), fails());
    } catch (const std::runtime_error& e) {
        std::puts(e.what());
    }
}

int main() {
    nurt::run(program());
}

// prints:
// plain: the others go on
// failed
//   done
// return_exceptions: every end as a value
//   done
// 1, failed
// cancel_on_error: the others are cancelled and waited for
//   cancelled
// boom
