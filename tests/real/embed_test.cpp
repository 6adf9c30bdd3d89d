// SPDX-License-Identifier: MIT
// tests/real/embed_test.cpp: a loop inside of somebody else's: poll() waits, and nurt runs when it is due.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include <poll.h>

#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/server.hpp"
#include "nurt/sim/services.hpp"
#include "nurt/stream/stream.hpp"

using nurt::coro;
using nurt::event_loop;
using nurt::instant;

namespace {

constexpr int too_many = 500;  // poll() has not waited, or was not woken

int timeout_of(event_loop& loop, instant until) {
    if (until == instant::never()) {
        return 5000;
    }
    const nurt::duration left = until - loop.time();
    return left <= nurt::duration::zero() ? 0 : static_cast<int>(left.seconds() * 1000) + 1;
}

// Runs main in the loop while poll() has the thread. Gives how often poll() was called.
template <class Main>
int run_embedded(event_loop& loop, Main main) {
    bool done = false;
    auto whole = [&]() -> coro<> {
        co_await main();
        done = true;
    };
    loop.call_soon([&] { nurt::create_task(whole).detach(); });
    int polls = 0;
    while (!done && polls < too_many) {
        const instant until = loop.prepare();
        pollfd asked{loop.descriptor(), POLLIN, 0};
        ::poll(&asked, 1, timeout_of(loop, until));
        ++polls;
        loop.dispatch();
    }
    loop.run_once();  // the end of the task
    return polls;
}

coro<> echo(nurt::stream peer) {
    std::string buffer(256, '\0');
    std::size_t n = co_await peer.read_some(buffer);
    while (n != 0) {
        co_await peer.write(std::string_view(buffer).substr(0, n));
        n = co_await peer.read_some(buffer);
    }
}

}  // namespace

TEST_CASE("an embedded loop sleeps in poll() until its timers are due") {
    event_loop loop;
    const instant begin = loop.time();
    const int polls = run_embedded(loop, []() -> coro<> {
        for (int i = 0; i < 3; ++i) co_await nurt::sleep(nurt::milliseconds(10));
    });
    CHECK((loop.time() - begin).seconds() >= 0.03);
    CHECK(polls < 30);
}

TEST_CASE("an embedded loop serves connections") {
    event_loop loop;
    std::string answer;
    const int polls = run_embedded(loop, [&]() -> coro<> {
        nurt::server server = co_await nurt::start_server(echo, "127.0.0.1", 0);
        nurt::stream client = co_await nurt::open_connection("127.0.0.1", server.port());
        for (int i = 0; i < 10; ++i) {
            co_await client.write("ping");
            std::string got = co_await client.readexactly(4);
            answer += got;
        }
        client.close();
        server.close();
        co_await server.wait_closed();
    });
    CHECK(answer.size() == 40);
    CHECK(polls < too_many);
}

TEST_CASE("another thread wakes an embedded loop out of poll()") {
    event_loop loop;
    std::thread other;
    const int polls = run_embedded(loop, [&]() -> coro<> {
        nurt::future<> told;
        other = std::thread([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            loop.call_soon_threadsafe([&] { told.set_result(); });
        });
        co_await told;
    });
    other.join();
    CHECK(polls < 30);
}

TEST_CASE("prepare() twice is refused, and close() may come instead of dispatch()") {
    event_loop loop;
    CHECK(loop.descriptor() >= 0);
    CHECK(loop.prepare() == instant::never());
    CHECK_THROWS_AS(static_cast<void>(loop.prepare()), nurt::usage_error);
    loop.close();
    event_loop simulated(nurt::sim::make_services(1));
    CHECK(simulated.descriptor() == -1);
}
