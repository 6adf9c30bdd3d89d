// SPDX-License-Identifier: MIT
// tests/parity/future_test.cpp: results that somebody will set.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_futures.
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::future;
using nurt::invalid_state_error;
using nurt::task;
using nurt_test::in_task;
using nurt_test::world;

namespace {

coro<> yield() {
    co_await nurt::sleep(nurt::duration::zero());
}

std::exception_ptr boom() {
    return std::make_exception_ptr(std::runtime_error("boom"));
}

}  // namespace

// test_result, test_exception
TEST_CASE("S22: a future is settled once") {
    future<int> f;
    CHECK_FALSE(f.done());
    CHECK_THROWS_AS(f.result(), invalid_state_error);
    CHECK_THROWS_AS(f.exception(), invalid_state_error);
    f.set_result(42);
    CHECK(f.done());
    CHECK(f.result() == 42);
    CHECK(f.exception() == nullptr);
    CHECK_THROWS_AS(f.set_result(1), invalid_state_error);
    CHECK_THROWS_AS(f.set_exception(boom()), invalid_state_error);
    CHECK_FALSE(f.cancel());
    CHECK(f.result() == 42);
}

TEST_CASE("S22: a failed future throws its error") {
    future<int> f;
    f.set_exception(boom());
    CHECK_THROWS_WITH(f.result(), "boom");
    CHECK(nurt_test::text_of(f.exception()) == "boom");
    CHECK_FALSE(f.cancelled());
}

// test_cancel, test_future_cancel_message_getter
TEST_CASE("S22, S25: a cancelled future throws cancelled_error with the message") {
    future<> f;
    CHECK(f.cancel("enough"));
    CHECK(f.cancelled());
    CHECK_FALSE(f.cancel());
    std::string message;
    try {
        f.result();
    } catch (const nurt::cancelled_error& e) {
        message = e.message();
    }
    CHECK(message == "enough");
    CHECK_THROWS_AS(f.exception(), nurt::cancelled_error);
    CHECK_THROWS_AS(f.set_result(), invalid_state_error);
}

// test_tb_logger_exception_unretrieved, test_tb_logger_exception_retrieved
TEST_CASE("S26: an error that nobody retrieves is reported once, when the last copy goes") {
    world w;
    w.run([&]() -> coro<> {
        {
            future<int> f;
            const future<int> copy = f;
            f.set_exception(boom());
            co_await yield();
        }
        CHECK(w.reports.size() == 1);
        {
            future<int> f;
            f.set_exception(boom());
            CHECK(f.exception() != nullptr);
        }
        {
            future<int> f;
            f.set_exception(boom());
            CHECK_THROWS(f.result());
        }
        {
            future<int> f;
            f.set_exception(boom());
            try {
                co_await f;
            } catch (const std::runtime_error&) {
            }
        }
        {
            future<int> f;
            f.cancel();
        }
    });
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].message == "future exception was never retrieved");
    CHECK(w.reports[0].error == "boom");
}

// test_callbacks_invoked_on_set_result
TEST_CASE("S23: done callbacks never run inline") {
    std::string log;
    in_task([&]() -> coro<> {
        future<> f;
        f.add_done_callback([&] { log += 'a'; });
        f.set_result();
        f.add_done_callback([&] { log += 'b'; });
        log += '|';
        co_await yield();
    });
    CHECK(log == "|ab");
}

// test_futures: test_remove_done_callback
TEST_CASE("S24: a done callback that is removed does not run") {
    in_task([]() -> coro<> {
        int ran = 0;
        nurt::future<> f;
        const auto first = f.add_done_callback([&] { ran += 1; });
        f.add_done_callback([&] { ran += 10; });
        CHECK(f.remove_done_callback(first) == 1);
        CHECK(f.remove_done_callback(first) == 0);
        CHECK(f.remove_done_callback(nurt::done_callback{}) == 0);
        f.set_result();
        co_await nurt::sleep(nurt::duration::zero());
        CHECK(ran == 10);
    });
}
