// SPDX-License-Identifier: MIT
// tests/loop/statistics_test.cpp: what a loop counts.
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "nurt/base/frame_pool.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/statistics.hpp"
#include "nurt/net/server.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

namespace {

loop_statistics now() {
    return event_loop::running().statistics();
}

coro<> sleeper() {
    co_await sleep(seconds(60));
}

}  // namespace

TEST_CASE("turns, steps and waits grow with what the loop does") {
    in_task([]() -> coro<> {
        const loop_statistics before = now();
        for (int i = 0; i < 1000; ++i) co_await sleep(duration::zero());
        co_await sleep(seconds(1));
        const loop_statistics after = now();
        CHECK(after.turns >= before.turns + 1000);
        CHECK(after.steps >= before.steps + 1000);
        CHECK(after.steps <= before.steps + 1010);
        CHECK(after.waits > before.waits);
        CHECK(after.messages == before.messages);
    });
}

TEST_CASE("tasks and their timers are counted while they live") {
    in_task([]() -> coro<> {
        const loop_statistics before = now();
        std::vector<task<>> all;
        for (int i = 0; i < 100; ++i) all.push_back(create_task(sleeper()));
        co_await sleep(seconds(1));
        const loop_statistics during = now();
        CHECK(during.tasks == before.tasks + 100);
        CHECK(during.tasks_created == before.tasks_created + 100);
        CHECK(during.timers == before.timers + 100);
        for (auto& t : all) t.cancel();
        co_await sleep(seconds(1));
        all.clear();
        const loop_statistics after = now();
        CHECK(after.tasks == before.tasks);
        CHECK(after.tasks_created == before.tasks_created + 100);
        CHECK(after.timers == before.timers);
        CHECK(after.frames == before.frames);
        CHECK(after.frame_bytes == before.frame_bytes);
        if (during.frames != 0) {  // as under AddressSanitizer
            CHECK(during.frames == before.frames + 200);
            CHECK(during.frame_bytes >= before.frame_bytes + 200 * 64);
            CHECK(during.pool_bytes >= during.frame_bytes);
        }
    });
}

TEST_CASE("large frames are counted in bytes, too") {
    in_task([]() -> coro<> {
        const std::size_t before = now().frame_bytes;
        {
            auto large = []() -> coro<> {
                char room[5000];
                room[0] = 'x';
                co_await sleep(seconds(1));
                CHECK(room[0] == 'x');
            };
            const coro<> unstarted = large();
            const std::size_t during = now().frame_bytes;
            CHECK(during >= before);
            CHECK(frame_pool::most_live_bytes() >= during);
        }
        CHECK(now().frame_bytes == before);
        co_return;
    });
}

TEST_CASE("what was read and not yet asked for is in the buffers") {
    in_task([]() -> coro<> {
        const std::size_t before = now().buffer_bytes;
        {
            auto [a, b] = memory_stream_pair();
            co_await a.write("line\n" + std::string(20'000, 'x'));
            co_await b.readline();
            CHECK(now().buffer_bytes >= before + 4096);
        }
        CHECK(now().buffer_bytes == before);
    });
}

TEST_CASE("connections are channels, and what waits for them are operations") {
    in_task([]() -> coro<> {
        const loop_statistics before = now();
        auto silent = [](stream s) -> coro<> { co_await s.read(1); };
        server mine = co_await start_server(silent, "127.0.0.1", 0);
        stream client = co_await open_connection("127.0.0.1", mine.port());
        co_await sleep(seconds(1));
        const loop_statistics during = now();
        CHECK(during.channels == before.channels + 3);
        CHECK(during.operations >= before.operations + 2);
        client.close();
        mine.close();
        co_await mine.wait_closed();
        CHECK(now().channels == before.channels);
    });
}

TEST_CASE("messages are what other threads have sent") {
    event_loop loop;
    int received = 0;
    std::thread([&] {
        for (int i = 0; i < 3; ++i) loop.call_soon_threadsafe([&received] { ++received; });
    }).join();
    loop.run_once();
    CHECK(received == 3);
    CHECK(loop.statistics().messages == 3);
}

TEST_CASE("without a limit of memory input is never held") {
    in_task([]() -> coro<> {
        auto [a, b] = memory_stream_pair();
        co_await a.write("line\nmore");
        co_await b.readline();
        CHECK_FALSE(now().input_held);
        event_loop::running().set_memory_limit(1);
        co_await sleep(seconds(1));
        CHECK(now().input_held);
        event_loop::running().set_memory_limit(0);
        co_await sleep(seconds(1));
        CHECK_FALSE(now().input_held);
    });
}
