// SPDX-License-Identifier: MIT
// tests/parity/timeout_order_test.cpp: timeouts and what is due with them; errors after them.
//
// The numbers count asyncio's rules as nurt keeps them.
#include <doctest/doctest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/timeout_order.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::text_of;

using namespace nurt_test::timeout_order_parts;

namespace {

// The text of the exception that is nested in this one, or "nothing".
std::string nested_in(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::nested_exception& outer) {
        return text_of(outer.nested_ptr());
    } catch (...) {
        return "nothing";
    }
}

}  // namespace

TEST_CASE("S87: a callback that is due with the timeout and was there first comes first") {
    in_task([]() -> coro<> {
        future<int> f;
        set_at(event_loop::running().time() + seconds(1), f);
        const auto end = co_await as_result(wait_for(f, seconds(1)));
        CHECK(text_of(end.error()) == "none");
    });
}

TEST_CASE("S87: a callback that was there after the timeout comes after it") {
    in_task([]() -> coro<> {
        future<int> f;
        auto body = [&]() -> coro<int> {
            set_at(event_loop::running().time() + seconds(1), f);
            co_return co_await f;
        };
        const auto end = co_await as_result(timeout(seconds(1), body));
        CHECK(text_of(end.error()) == "timed out");
        CHECK(f.cancelled());
    });
}

// test_nested_timeouts
TEST_CASE("S95: nested timeouts of equal deadlines: only the outermost makes an error of it") {
    in_task([]() -> coro<> {
        const instant same = event_loop::running().time() + seconds(1);
        for (const bool asleep : {true, false}) {
            std::string inside;
            future<int> f;
            auto wait = [&]() -> coro<> {
                if (asleep) co_await sleep(seconds(10));
                co_await f;
            };
            auto body = [&]() -> coro<> {
                auto end = co_await as_result(timeout_at(same, wait));
                inside = text_of(end.error());
                end.value();
            };
            const auto end = co_await as_result(timeout_at(same, body));
            CHECK(inside == "[cancelled: ]");
            CHECK(text_of(end.error()) == "timed out");
        }
    });
}

// test_foreign_exception_on_timeout
TEST_CASE("S98: an error after the timeout wins, and has timeout_error in its chain") {
    in_task([]() -> coro<> {
        auto end = co_await as_result(
            wait_for(fails_when_stopped(std::invalid_argument("cleanup")), seconds(1)));
        CHECK(text_of(end.error()) == "cleanup");
        CHECK(nested_in(end.error()) == "timed out");
        CHECK_THROWS_AS(end.value(), std::invalid_argument);
        auto os =
            co_await as_result(wait_for(fails_when_stopped(os_error(5, "write")), seconds(1)));
        CHECK(nested_in(os.error()) == "timed out");
        CHECK_THROWS_AS(os.value(), os_error);
    });
}

TEST_CASE("S98: an error of a class that the library does not know comes as it is") {
    in_task([]() -> coro<> {
        auto end = co_await as_result(wait_for(fails_when_stopped(own_error("own")), seconds(1)));
        CHECK(text_of(end.error()) == "own");
        CHECK(nested_in(end.error()) == "nothing");
        CHECK_THROWS_AS(end.value(), own_error);
    });
}

// test_timeout_taskgroup
TEST_CASE("S98: in an exception_group each error has timeout_error in its chain") {
    in_task([]() -> coro<> {
        auto block = [](task_group& group) -> coro<> {
            group.create_task(fails_when_stopped(std::runtime_error("a"))).detach();
            group.create_task(fails_when_stopped(own_error("b"))).detach();
            co_return;
        };
        std::vector<std::string> nested;
        auto body = [&]() -> coro<> { co_await with(task_group(), block); };
        try {
            co_await timeout(seconds(1), body);
        } catch (const exception_group& group) {
            for (const std::exception_ptr& error : group.errors()) {
                nested.push_back(text_of(error) + ": " + nested_in(error));
            }
        }
        CHECK(nested == std::vector<std::string>{"a: timed out", "b: nothing"});
    });
}

TEST_CASE("S98: an error before the timeout has nothing in its chain") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> {
            co_await sleep(seconds(1));
            throw std::runtime_error("early");
        };
        const auto end = co_await as_result(timeout(seconds(2), body));
        CHECK(nested_in(end.error()) == "nothing");
    });
}

// test_timeout_double_enter, test_timeout_without_task
TEST_CASE("S100: a timeout is entered once, and made where a loop runs") {
    CHECK_THROWS_AS(static_cast<void>(timeout(seconds(1), []() -> coro<> { co_return; })),
                    usage_error);
    in_task([]() -> coro<> {
        auto limited = timeout(seconds(1), []() -> coro<> { co_return; });
        co_await limited;
        std::string said;
        try {
            co_await limited;
        } catch (const usage_error& e) {
            said = e.what();
        }
        CHECK(said == "this timeout has been entered already");
        CHECK(deadline() == instant::never());
    });
}

TEST_CASE("S100: wait_for of a coroutine is entered once") {
    in_task([]() -> coro<> {
        auto work = []() -> coro<> { co_return; };
        auto limited = wait_for(work(), seconds(1));
        co_await limited;
        std::string said;
        try {
            co_await limited;
        } catch (const usage_error& e) {
            said = e.what();
        }
        CHECK(said == "this timeout has been entered already");
        co_await sleep(seconds(2));
    });
}
