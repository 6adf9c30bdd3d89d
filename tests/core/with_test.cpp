// SPDX-License-Identifier: MIT
// tests/core/with_test.cpp: cleanup that awaits, and ends as values.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::text_of;

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

// Enters and leaves in a second each, and writes down how.
class door {
public:
    explicit door(std::string& log, bool deals = false) : log_(&log), deals_(deals) {}
    coro<> aenter() {
        co_await sleep(seconds(1));
        *log_ += "in;";
    }
    coro<bool> aexit(std::exception_ptr error) {
        co_await sleep(seconds(1));
        *log_ += "out " + text_of(error) + ";";
        co_return deals_;
    }

private:
    std::string* log_;
    bool deals_;
};

coro<> sleep_then_close(std::string& log, double s) {
    co_await sleep(seconds(s));
    log += "closed;";
}

// Body sleeps for long; the cleanup takes `s` seconds.
coro<> guarded(std::string& log, double s, duration grace = cleanup_grace) {
    auto body = [&]() -> coro<> { co_await sleep(seconds(100)); };
    auto cleanup = [&]() -> coro<> { co_await sleep_then_close(log, s); };
    co_await finally(body, cleanup, grace);
}

}  // namespace

TEST_CASE("with enters, runs the body, leaves, and gives the body's value") {
    std::string log;
    in_task([&]() -> coro<> {
        const int n = co_await with(door(log), [&](door&) -> coro<int> {
            log += "body;";
            co_return 4;
        });
        CHECK(n == 4);
    });
    CHECK(log == "in;body;out none;");
}

TEST_CASE("with awaits what opens a resource, and has nothing to leave if that fails") {
    std::string log;
    in_task([&]() -> coro<> {
        auto open = [&](bool fails) -> coro<door> {
            co_await yield();
            if (fails) {
                throw std::runtime_error("no door");
            }
            co_return door(log);
        };
        auto body = [&](door&) -> coro<int> {
            log += "body;";
            co_return 7;
        };
        const int value = co_await with(open(false), body);
        CHECK(value == 7);
        const result<int> failed = co_await as_result(with(open(true), body));
        CHECK(text_of(failed.error()) == "no door");
    });
    CHECK(log == "in;body;out none;");
}

TEST_CASE("with leaves on an error, which goes on unless it is dealt with") {
    std::string log;
    in_task([&]() -> coro<> {
        auto body = [](door&) -> coro<> {
            throw std::runtime_error("x");
            co_return;
        };
        const result<> end = co_await as_result(with(door(log), body));
        CHECK(text_of(end.error()) == "x");
        co_await with(door(log, true), body);
    });
    CHECK(log == "in;out x;in;out x;");
}

TEST_CASE("a cancelled body is cleaned up, with awaits, and the cancellation goes on") {
    std::string log;
    in_task([&]() -> coro<> {
        const task<> t = create_task(guarded, std::ref(log), 3.0, cleanup_grace);
        co_await sleep(seconds(1));
        t.cancel("why");
        const stopwatch watch;
        const result<> end = co_await as_result(t);
        CHECK(text_of(end.error()) == "[cancelled: why]");
        CHECK(watch.seconds() == 3);
    });
    CHECK(log == "closed;");
}

TEST_CASE("a second cancel does not tear a cleanup apart; it is delivered after it") {
    std::string log;
    in_task([&]() -> coro<> {
        auto body = [&log]() -> coro<> {
            try {
                co_await guarded(log, 3);
            } catch (const cancelled_error&) {
                log += "first;";
            }
            try {
                co_await yield();
            } catch (const cancelled_error&) {
                log += "second;";
            }
        };
        const task<> t = create_task(body);
        co_await sleep(seconds(1));
        t.cancel();
        co_await sleep(seconds(1));
        t.cancel();
        co_await t;
    });
    CHECK(log == "closed;first;second;");
}

TEST_CASE("a cleanup may take no longer than its grace once somebody asks") {
    for (const double second : {2.0, 30.0}) {  // before and after the grace has passed
        std::string log;
        in_task([&]() -> coro<> {
            const task<> t = create_task(guarded, std::ref(log), 100.0, seconds(10));
            co_await sleep(seconds(1));
            t.cancel();
            const stopwatch watch;
            co_await sleep(seconds(second));
            t.cancel();
            const result<> end = co_await as_result(t);
            CHECK(end.cancelled());
            CHECK(watch.seconds() == (second < 10 ? 10 : second));
        });
        CHECK(log.empty());
    }
}

TEST_CASE("timeouts and groups inside of a cleanup work as ever") {
    std::string log;
    in_task([&]() -> coro<> {
        auto nothing = []() -> coro<> { co_return; };
        auto cleanup = [&log]() -> coro<> {
            const stopwatch watch;
            const result<> late = co_await as_result([]() -> coro<> {
                co_await timeout(seconds(1), []() -> coro<> { co_await sleep(seconds(50)); });
            }());
            log += text_of(late.error()) + ";";
            const result<> failed = co_await as_result([]() -> coro<> {
                co_await with(task_group(), [](task_group& group) -> coro<> {
                    group
                        .create_task([]() -> coro<> {
                            co_await sleep(seconds(1));
                            throw std::runtime_error("x");
                        })
                        .detach();
                    co_await sleep(seconds(50));
                });
            }());
            CHECK_FALSE(failed);
            CHECK(watch.seconds() == 2);
        };
        co_await finally(nothing, cleanup, seconds(1000));
    });
    CHECK(log == "timed out;");
}

TEST_CASE("awaiting a task that the cleanup itself has cancelled uses up nobody else's request") {
    std::string log;
    in_task([&]() -> coro<> {
        auto body = [&log]() -> coro<> {
            auto helper = []() -> coro<> { co_await sleep(seconds(100)); };
            const task<> child = create_task(helper);
            auto nothing = []() -> coro<> { co_return; };
            auto cleanup = [&]() -> coro<> {
                co_await sleep(seconds(2));
                child.cancel();
                try {
                    co_await child;
                } catch (const cancelled_error&) {
                    log += "helper;";
                }
            };
            co_await finally(nothing, cleanup);
            co_await yield();
            log += "not here";
        };
        const task<> t = create_task(body);
        co_await sleep(seconds(1));
        t.cancel();  // in the middle of the cleanup
        const result<> end = co_await as_result(t);
        CHECK(end.cancelled());
    });
    CHECK(log == "helper;");
}

TEST_CASE("an error of the cleanup replaces that of the body, and a body's value is kept") {
    in_task([]() -> coro<> {
        auto fails = []() -> coro<int> {
            throw std::runtime_error("body");
            co_return 1;
        };
        auto bad_cleanup = []() -> coro<> {
            co_await yield();
            throw std::runtime_error("cleanup");
        };
        const result<int> end = co_await as_result(finally(fails, bad_cleanup));
        CHECK(text_of(end.error()) == "cleanup");
        auto works = []() -> coro<int> { co_return 5; };
        const int n = co_await finally(works, yield);
        CHECK(n == 5);
    });
}

TEST_CASE("the cleanup runs also when the body throws before it is a coroutine") {
    in_task([]() -> coro<> {
        bool cleaned = false;
        auto body = []() -> coro<> { throw std::runtime_error("early"); };
        auto cleanup = [&]() -> coro<> {
            cleaned = true;
            co_return;
        };
        const result<> end = co_await as_result(finally(body, cleanup));
        CHECK(text_of(end.error()) == "early");
        CHECK(cleaned);
    });
}

TEST_CASE("as_result turns every end into a value") {
    in_task([]() -> coro<> {
        auto give = [](int n) -> coro<std::unique_ptr<int>> {
            if (n < 0) throw std::runtime_error("negative");
            co_return std::make_unique<int>(n);
        };
        result<std::unique_ptr<int>> good = co_await as_result(give(3));
        REQUIRE(good);
        CHECK(*good.value() == 3);
        const std::unique_ptr<int> taken = std::move(good).value();
        CHECK(*taken == 3);
        result<std::unique_ptr<int>> bad = co_await as_result(give(-1));
        CHECK_FALSE(bad);
        CHECK_FALSE(bad.cancelled());
        CHECK_THROWS_WITH(static_cast<void>(bad.value()), "negative");
        result<std::unique_ptr<int>> of_task = co_await as_result(create_task(give, 4));
        CHECK(*of_task.value() == 4);
        future<int> f;
        f.cancel("gone");
        const result<int> of_future = co_await as_result(f);
        CHECK(of_future.cancelled());
    });
}
