// SPDX-License-Identifier: MIT
// tests/core/cancel_many_test.cpp: cancellation of very many tasks, in a row and side by side.
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

namespace {

// Far more than a stack holds if each task took a part of it. Sanitizers keep every frame for a
// while, so they get fewer, each with a bigger part.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int many = 100'000;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int many = 100'000;
#else
constexpr int many = 1'000'000;
#endif
#else
constexpr int many = 1'000'000;
#endif

coro<> await_it(task<> t) {
    co_await t;
}

coro<> forever() {
    co_await sleep(seconds(1e6));
}

}  // namespace

TEST_CASE("a chain of a million tasks that await each other is cancelled from its end") {
    in_task([]() -> coro<> {
        const task<> innermost = create_task(forever());
        task<> last = innermost;
        for (int i = 0; i < many; ++i) last = create_task(await_it(last));
        co_await sleep(duration::zero());
        co_await sleep(duration::zero());
        last.cancel("all of you");
        const auto end = co_await as_result(last);
        CHECK(nurt_test::text_of(end.error()) == "[cancelled: all of you]");
        CHECK(innermost.cancelled());
        CHECK(innermost.cancelling() == 1);
    });
}

TEST_CASE("a timeout around a long chain of tasks stops all of it") {
    in_task([]() -> coro<> {
        const task<> innermost = create_task(forever());
        task<> last = innermost;
        for (int i = 0; i < 1000; ++i) last = create_task(await_it(last));
        const auto end = co_await as_result(wait_for(last, seconds(1)));
        CHECK(nurt_test::text_of(end.error()) == "timed out");
        CHECK(innermost.cancelled());
        CHECK(last.cancelled());
    });
}

TEST_CASE("very many tasks of a group, each in a timeout, are cancelled at once") {
    in_task([]() -> coro<> {
        int stopped = 0;
        auto child = [](int& count) -> coro<> {
            try {
                co_await timeout(seconds(100), [] { return forever(); });
            } catch (const cancelled_error&) {
                ++count;
                throw;
            }
        };
        auto block = [&](task_group& group) -> coro<> {
            for (int i = 0; i < many / 10; ++i)
                group.create_task(child, std::ref(stopped)).detach();
            co_await sleep(seconds(1));
            group.cancel();
        };
        co_await with(task_group(), block);
        CHECK(stopped == many / 10);
    });
}

// They never end and are leaked on purpose, so a child process does it.
TEST_CASE("a circle of more tasks than are asked at one go can be asked") {
    const pid_t child = ::fork();
    if (child == 0) {
        nurt_test::world w(0, {.shutdown_grace = seconds(1), .handle_interrupt = false});
        std::vector<task<>> circle;
        constexpr std::size_t size = 100;
        w.run([&]() -> coro<> {
            auto wait = [](std::vector<task<>>& all, std::size_t i) -> coro<> { co_await all[i]; };
            for (std::size_t i = 0; i < size; ++i) {
                circle.push_back(create_task(wait, std::ref(circle), (i + 1) % size));
            }
            co_await sleep(seconds(1));
            circle[0].cancel();
            co_await sleep(seconds(1));
        });
        bool all_asked = true;
        for (const task<>& t : circle) all_asked = all_asked && t.cancelling() > 0;
        try {
            w.runner.close();
        } catch (const shutdown_error&) {
            ::_exit(all_asked ? 0 : 1);
        }
        ::_exit(2);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}
