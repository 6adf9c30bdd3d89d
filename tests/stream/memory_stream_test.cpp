// SPDX-License-Identifier: MIT
#include "nurt/stream/memory_stream.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/in_loop.hpp"

#include <string>

using nurt::coro;
using nurt_test::in_sim;

TEST_CASE("a write that is longer than the capacity goes on when a reader waits already") {
    in_sim([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair(10);
        auto reading = nurt::create_task(there.readexactly(35));
        co_await nurt::sleep(nurt::seconds(1));
        co_await here.write(std::string(35, 'x'));
        const std::string text = co_await reading;
        CHECK(text == std::string(35, 'x'));
    });
}
