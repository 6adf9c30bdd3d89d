// SPDX-License-Identifier: MIT
// tests/real/debug_thread_test.cpp: debug mode: a loop that another thread uses.
#include <doctest/doctest.h>

#include <future>
#include <optional>
#include <thread>

#include "nurt/base/error.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/run.hpp"
#include "nurt/loop/event_loop.hpp"

using nurt::event_loop;
using nurt::usage_error;

namespace {

constexpr const char* words =
    "Non-thread-safe operation invoked on an event loop other than the current one";

// A loop that runs in a thread of its own.
class busy_loop {
public:
    explicit busy_loop(bool debug) {
        loop.set_debug(debug);
        loop.call_soon([this] { started_.set_value(); });
        thread_ = std::thread([this] { loop.run_forever(); });
        started_.get_future().wait();
    }
    ~busy_loop() {
        loop.stop_threadsafe();
        thread_.join();
    }
    event_loop loop;

private:
    std::promise<void> started_;
    std::thread thread_;
};

}  // namespace

// test_base_events test_check_thread
TEST_CASE("S19: debug mode refuses callbacks from a foreign thread while the loop runs") {
    busy_loop other(true);
    const nurt::instant when = other.loop.time();
    CHECK_THROWS_WITH_AS(other.loop.call_soon([] {}), words, usage_error);
    CHECK_THROWS_WITH_AS(other.loop.call_later(nurt::seconds(1), [] {}), words, usage_error);
    CHECK_THROWS_WITH_AS(other.loop.call_at(when, [] {}), words, usage_error);
    CHECK_NOTHROW(other.loop.call_soon_threadsafe([] {}));
}

TEST_CASE("S19: debug mode refuses to settle or cancel from a foreign thread") {
    std::promise<void> ready;
    std::promise<void> over;
    std::optional<nurt::future<>> waiting;
    std::thread other([&] {
        const auto main = [&]() -> nurt::coro<> {
            waiting.emplace();
            ready.set_value();
            over.get_future().wait();  // blocks the loop, which is busy that long
            co_return;
        };
        nurt::run(main(), {.handle_interrupt = false, .debug = true});
    });
    ready.get_future().wait();
    CHECK_THROWS_WITH_AS(waiting->set_result(), words, usage_error);
    CHECK_THROWS_WITH_AS(waiting->cancel(), words, usage_error);
    CHECK_FALSE(waiting->done());
    over.set_value();
    other.join();
    waiting.reset();
}

TEST_CASE("S19: debug mode lets a loop that does not run be prepared elsewhere") {
    event_loop loop;
    loop.set_debug(true);
    std::thread preparing([&] { CHECK_NOTHROW(loop.call_soon([] {})); });
    preparing.join();
    loop.run_once();
}
