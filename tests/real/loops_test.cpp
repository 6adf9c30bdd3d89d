// SPDX-License-Identifier: MIT
// tests/real/loops_test.cpp: several loops, each in a thread of its own.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/with.hpp"
#include "nurt/loop/context.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/threads/run_coroutine_threadsafe.hpp"
#include "nurt/threads/thread_pool.hpp"
#include "nurt/threads/to_thread.hpp"
#include "tests/support/child.hpp"

using namespace nurt;
using nurt_test::default_interrupt;
using nurt_test::in_child;

namespace {

constexpr run_options two{.handle_interrupt = false, .loops = 2};
constexpr run_options three{.handle_interrupt = false, .loops = 3};

coro<> until(std::atomic<int>& number, int value) {
    while (number != value) {
        co_await sleep(milliseconds(1));
    }
}

coro<> until_closed(event_loop& loop) {
    try {
        for (;;) {
            loop.call_soon_threadsafe([] {});
            co_await sleep(milliseconds(1));
        }
    } catch (const usage_error&) {
    }
}

// Counts where it begins to wait, and where it is cancelled.
coro<> until_cancelled(std::atomic<int>& begun, std::atomic<int>& ended) {
    ++begun;
    try {
        co_await sleep(seconds(3600));
    } catch (const cancelled_error&) {
        ++ended;
        throw;
    }
}

coro<> answer(std::atomic<event_loop*>& ran_on) {
    ran_on = &event_loop::running();
    co_await sleep(duration::zero());
}

}  // namespace

TEST_CASE("run calls the function once on each loop, in a thread of its own") {
    std::array<std::atomic<int>, 3> calls{};
    std::array<std::thread::id, 3> threads;
    run(
        [&](loop_group here) -> coro<> {
            CHECK(here.size() == 3);
            CHECK(&here[here.index()] == &event_loop::running());
            ++calls.at(here.index());
            threads.at(here.index()) = std::this_thread::get_id();
            co_await sleep(milliseconds(1));
        },
        three);
    for (const auto& n : calls) CHECK(n == 1);
    CHECK(threads[0] == std::this_thread::get_id());
    CHECK(std::set<std::thread::id>(threads.begin(), threads.end()).size() == 3);
}

TEST_CASE("each loop has a copy of the function and of the context variables") {
    const context_var<int> number("number");
    number.set(4);
    std::atomic<int> sum = 0;
    run(
        [&, own = 0](loop_group here) mutable -> coro<> {
            own += static_cast<int>(here.index());
            const int seen = number.get();
            number.set(100);
            co_await sleep(milliseconds(1));
            sum += seen * 10 + own;
        },
        three);
    CHECK(sum == 3 * 40 + 0 + 1 + 2);
    CHECK(number.get() == 4);
}

TEST_CASE("without a number there is a loop for each processor the process may use") {
    cpu_set_t before;
    REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
    std::atomic<std::size_t> loops = 0;
    auto count = [&loops](loop_group here) -> coro<> {
        loops = here.size();
        co_return;
    };
    run(count, {.handle_interrupt = false, .loops = 0});
    CHECK(loops == static_cast<std::size_t>(CPU_COUNT(&before)));
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i) {
        if (CPU_ISSET(i, &before)) CPU_SET(i, &one);
    }
    ::sched_setaffinity(0, sizeof one, &one);
    run(count, {.handle_interrupt = false, .loops = 0});
    ::sched_setaffinity(0, sizeof before, &before);
    CHECK(loops == 1);
}

TEST_CASE("the options hold on every loop") {
    std::atomic<int> right = 0;
    run(
        [&]() -> coro<> {
            const bool epoll = std::string(event_loop::running().backend().name()) == "epoll";
            right += epoll && event_loop::running().debug() ? 1 : 0;
            co_return;
        },
        {.handle_interrupt = false, .debug = true, .backend = io::backend_kind::epoll, .loops = 2});
    CHECK(right == 2);
}

TEST_CASE("the first error cancels the other mains and comes out as itself") {
    std::atomic<int> begun = 0, cancelled = 0;
    const auto main = [&](loop_group here) -> coro<> {
        if (here.index() == 1) {
            co_await until(begun, 2);
            throw std::runtime_error("loop 1 has failed");
        }
        co_await until_cancelled(begun, cancelled);
    };
    CHECK_THROWS_WITH_AS(run(main, three), "loop 1 has failed", std::runtime_error);
    CHECK(cancelled == 2);
}

TEST_CASE("an error that cleanup throws on another loop comes out beside the first") {
    std::atomic<int> begun = 0;
    const auto main = [&begun](loop_group here) -> coro<> {
        if (here.index() == 0) {
            co_await until(begun, 1);
            throw std::runtime_error("first");
        }
        ++begun;
        try {
            co_await sleep(seconds(3600));
        } catch (const cancelled_error&) {
            throw usage_error("second");
        }
    };
    try {
        run(main, two);
        FAIL("nothing was thrown");
    } catch (const exception_group& several) {
        CHECK(several.errors().size() == 2);
        CHECK(several.matches<usage_error>());
        CHECK(several.matches<std::runtime_error>());
    }
}

TEST_CASE("run waits for the loop that ends last, and one that has ended refuses work") {
    bool refused = false;
    run(
        [&refused](loop_group here) -> coro<> {
            if (here.index() == 0) {
                co_return;
            }
            co_await until_closed(here[0]);
            std::atomic<event_loop*> nowhere = nullptr;
            CHECK_THROWS_AS(
                static_cast<void>(run_coroutine_threadsafe(here[0], answer, std::ref(nowhere))),
                usage_error);
            refused = true;
        },
        two);
    CHECK(refused);
}

TEST_CASE("a loop runs coroutines for another one") {
    std::array<std::atomic<event_loop*>, 2> ran{}, asked{};
    run(
        [&](loop_group here) -> coro<> {
            const std::size_t me = here.index(), other = 1 - me;
            asked.at(other) = &here[other];
            auto done = run_coroutine_threadsafe(here[other], answer, std::ref(ran.at(other)));
            co_await wrap_future(std::move(done));
            // The other loop needs this one, until it has its answer.
            while (ran.at(me) == nullptr) {
                co_await sleep(milliseconds(1));
            }
        },
        two);
    for (std::size_t i : {0U, 1U}) CHECK(ran.at(i) == asked.at(i));
}

TEST_CASE("stop, called by any of them, cancels every main once, and run ends without an error") {
    std::atomic<int> begun = 0, cancelled = 0;
    run(
        [&](loop_group here) -> coro<> {
            if (here.index() == 2) {
                co_await until(begun, 2);
                here.stop();
            }
            auto cleanup = []() -> coro<> { co_await sleep(milliseconds(5)); };
            co_await finally([&] { return until_cancelled(begun, cancelled); }, cleanup);
        },
        three);
    CHECK(cancelled == 3);
}

TEST_CASE("tasks that are left over are cancelled on each loop") {
    std::atomic<int> begun = 0, cancelled = 0;
    run(
        [&]() -> coro<> {
            create_task(until_cancelled, std::ref(begun), std::ref(cancelled)).detach();
            co_await until(begun, 3);
        },
        three);
    CHECK(cancelled == 3);
}

TEST_CASE("every loop uses the one pool of threads, and each waits for its own work") {
    auto& pool = thread_pool::shared();
    const auto before = pool.statistics().ended_jobs;
    std::atomic<int> ended = 0;
    const auto work = [&ended](int ms) {
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        return ++ended;
    };
    run(
        [&](loop_group here) -> coro<> {
            // Loop 0 has gone when the threads of the others are still at work.
            co_await to_thread(work, static_cast<int>(here.index()) * 10);
        },
        three);
    CHECK(ended == 3);
    REQUIRE(pool.join(seconds(10)));
    CHECK(pool.statistics().ended_jobs == before + 3);
}

TEST_CASE_FIXTURE(default_interrupt, "Ctrl-C cancels every main, whichever loop is still there") {
    for (const bool first_has_gone : {false, true}) {
        std::atomic<int> begun = 0, cancelled = 0;
        const auto main = [&](loop_group here) -> coro<> {
            if (here.index() == 0 && first_has_gone) {
                co_return;
            }
            if (here.index() == 1) {
                co_await until(begun, first_has_gone ? 1 : 2);
                if (first_has_gone) co_await until_closed(here[0]);
                ::kill(::getpid(), SIGINT);
            }
            co_await until_cancelled(begun, cancelled);
        };
        CHECK_THROWS_AS(run(main, {.loops = 3}), keyboard_interrupt);
        CHECK(cancelled == (first_has_gone ? 2 : 3));
    }
}

TEST_CASE_FIXTURE(default_interrupt, "mains that swallow Ctrl-C end as they like") {
    std::atomic<int> begun = 0, swallowed = 0;
    const auto main = [&](loop_group here) -> coro<> {
        if (here.index() == 0) {
            co_await until(begun, 1);
            ::kill(::getpid(), SIGINT);
        }
        ++begun;
        try {
            co_await sleep(seconds(3600));
        } catch (const cancelled_error&) {
            ++swallowed;
        }
    };
    run(main, {.loops = 2});
    CHECK(swallowed == 2);
}

TEST_CASE_FIXTURE(default_interrupt, "the second Ctrl-C stops a program with a main that goes on") {
    const int end = in_child([] {
        run(
            [](loop_group here) -> coro<> {
                for (;;) {
                    try {
                        if (here.index() == 1) ::kill(::getpid(), SIGINT);
                        co_await sleep(milliseconds(20));
                    } catch (const cancelled_error&) {
                    }
                }
            },
            {.loops = 2});
        return 1;
    });
    CHECK(end == -SIGINT);
}

TEST_CASE_FIXTURE(default_interrupt, "Ctrl-C stops a program of which one loop is blocked") {
    const int end = in_child([] {
        run(
            [](loop_group here) -> coro<> {
                if (here.index() == 1) {
                    ::kill(::getpid(), SIGINT);
                    for (;;) {
                    }
                }
                co_await sleep(seconds(3600));
            },
            {.loops = 2});
        return 1;
    });
    CHECK(end == -SIGINT);
}
