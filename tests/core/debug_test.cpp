// SPDX-License-Identifier: MIT
// tests/core/debug_test.cpp: debug mode: coroutines nobody awaits, swallowed cancellations.
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/found.hpp"

using nurt::cancelled_error;
using nurt::coro;
using nurt::create_task;
using nurt::debug_finding;
using nurt::sleep;
using nurt_test::has;
using nurt_test::message_of;
using namespace std::chrono_literals;

namespace {

coro<int> answer() {
    co_return 42;
}

coro<> sleeper() {
    co_await sleep(10s);
}

// Cancelled, it goes on as if nothing had happened.
coro<> stubborn() {
    try {
        co_await sleep(10s);
    } catch (const cancelled_error&) {
    }
    co_await sleep(1s);
}

}  // namespace

TEST_CASE("coroutines that the library drops on purpose are not reported") {
    const std::string text = message_of(
        []() -> coro<> {
            const auto early = create_task(sleeper());
            early.cancel();
            try {
                co_await nurt::wait_for(answer(), 0s);
            } catch (const nurt::timeout_error&) {
            }
            const int given = co_await answer();
            CHECK(given == 42);
        },
        debug_finding::never_awaited);
    CHECK(text == "none");
}

TEST_CASE("a swallowed cancellation is reported with both places") {
    const std::string text = message_of(
        []() -> coro<> {
            const auto t = create_task(stubborn(), "stubborn");
            co_await sleep(0s);
            t.cancel();
            co_await t;
        },
        debug_finding::swallowed_cancellation);
    CHECK(has(text, "cancellation of stubborn was swallowed"));
    CHECK(has(text, "thrown at "));
    CHECK(has(text, "the task awaits at "));
    const std::size_t thrown = text.find("debug_test.cpp:");
    const std::size_t awaits = text.rfind("debug_test.cpp:");
    REQUIRE(thrown != awaits);
    const int lines = std::stoi(text.substr(awaits + 15)) - std::stoi(text.substr(thrown + 15));
    CHECK(lines == 3);
}

TEST_CASE("a task that swallows its cancellation and ends is reported") {
    const std::string text = message_of(
        []() -> coro<> {
            const auto t = create_task([]() -> coro<> {
                try {
                    co_await sleep(10s);
                } catch (...) {  // NOLINT
                }
            });
            co_await sleep(0s);
            t.cancel();
            co_await t;
        },
        debug_finding::swallowed_cancellation);
    CHECK(has(text, "went on to its end"));
}

TEST_CASE("a cancellation that was passed on by a future is seen to be swallowed") {
    const std::string text = message_of(
        []() -> coro<> {
            const auto t = create_task([]() -> coro<> {
                const auto child = create_task(sleeper());
                try {
                    co_await child;
                } catch (const cancelled_error&) {
                }
                co_await sleep(1s);
            });
            co_await sleep(0s);
            co_await sleep(0s);
            t.cancel();
            co_await t;
        },
        debug_finding::swallowed_cancellation);
    CHECK(has(text, "was swallowed"));
}

TEST_CASE("a cancellation that goes its way is not reported") {
    const std::string text = message_of(
        []() -> coro<> {
            const auto plain = create_task(sleeper());
            const auto rethrows = create_task([]() -> coro<> {
                try {
                    co_await sleep(10s);
                } catch (const cancelled_error&) {
                    throw;
                }
            });
            const auto cleans = create_task([]() -> coro<> {
                co_await nurt::finally([]() -> coro<> { co_await sleep(10s); },
                                       []() -> coro<> { co_await sleep(1s); });
            });
            const auto groups = create_task([]() -> coro<> {
                co_await nurt::with(nurt::task_group(), [](nurt::task_group& g) -> coro<> {
                    g.create_task(sleeper()).detach();
                    co_await sleep(10s);
                });
            });
            co_await sleep(1s);
            plain.cancel();
            rethrows.cancel();
            cleans.cancel();
            groups.cancel();
            co_await sleep(5s);
            CHECK(plain.cancelled());
            CHECK(rethrows.cancelled());
            CHECK(cleans.cancelled());
            CHECK(groups.cancelled());
        },
        debug_finding::swallowed_cancellation);
    CHECK(text == "none");
}

TEST_CASE("a cancellation that is withdrawn, kept or replaced is not reported") {
    const std::string text = message_of(
        []() -> coro<> {
            const auto withdraws = create_task([]() -> coro<> {
                try {
                    co_await sleep(10s);
                } catch (const cancelled_error&) {
                    nurt::current_task().uncancel();
                }
                co_await sleep(1s);
            });
            const auto keeps = create_task([]() -> coro<> {
                std::exception_ptr kept;
                try {
                    co_await sleep(10s);
                } catch (const cancelled_error&) {
                    kept = std::current_exception();
                }
                co_await sleep(1s);
                std::rethrow_exception(kept);
            });
            const auto replaces = create_task([]() -> coro<> {
                try {
                    co_await sleep(10s);
                } catch (const cancelled_error&) {
                    throw std::runtime_error("expected");
                }
            });
            co_await sleep(0s);
            withdraws.cancel();
            keeps.cancel();
            replaces.cancel();
            co_await sleep(5s);
            CHECK_FALSE(withdraws.cancelled());
            CHECK(keeps.cancelled());
            CHECK(replaces.exception() != nullptr);
        },
        debug_finding::swallowed_cancellation);
    CHECK(text == "none");
}

TEST_CASE("a timeout that fires is no swallowed cancellation") {
    const std::string text = message_of(
        []() -> coro<> {
            bool late = false;
            try {
                co_await nurt::timeout(1s, []() -> coro<> { co_await sleep(10s); });
            } catch (const nurt::timeout_error&) {
                late = true;
            }
            CHECK(late);
            co_await sleep(1s);
        },
        debug_finding::swallowed_cancellation);
    CHECK(text == "none");
}

TEST_CASE("a second cancellation of a group that waits for its tasks is not reported") {
    auto stays = []() -> coro<> {
        auto cleanup = []() -> coro<> { co_await sleep(1s); };
        co_await nurt::finally(sleeper, cleanup);
    };
    auto body = [&]() -> coro<> {
        auto block = [&](nurt::task_group& group) -> coro<> {
            group.create_task(stays).detach();
            co_return;
        };
        auto in_group = [&]() -> coro<> { co_await nurt::with(nurt::task_group(), block); };
        const nurt::task<> t = create_task(in_group);
        co_await sleep(100ms);
        t.cancel();
        co_await sleep(100ms);
        t.cancel();
        const auto end = co_await nurt::as_result(t);
        CHECK(end.cancelled());
    };
    CHECK(message_of(body, debug_finding::swallowed_cancellation) == "none");
}
