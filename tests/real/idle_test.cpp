// SPDX-License-Identifier: MIT
// A loop that has nothing to do takes no processor time, whatever its connections have been through.
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/server.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::stream;
using nurt_test::connected;
using nurt_test::in_reality;

namespace {

double processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_THREAD, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// A busy loop would take all of the 200 ms.
coro<> expect_idleness() {
    co_await nurt::sleep(nurt::milliseconds(10));  // what is on its way arrives
    const double before = processor_seconds();
    co_await nurt::sleep(nurt::milliseconds(200));
    CHECK(processor_seconds() - before < 0.05);
}

coro<> read_a_byte(stream& from) {
    char byte[1];
    co_await from.read_some(byte);
}

// Its descriptor is watched, and nobody waits for it.
coro<> begin_to_read(stream& from) {
    auto reading = nurt::create_task(read_a_byte, std::ref(from));
    co_await nurt::sleep(nurt::milliseconds(1));
    reading.cancel();
    co_await nurt::sleep(nurt::milliseconds(1));
}

}  // namespace

TEST_CASE("a peer that has hung up or reset does not keep the loop busy") {
    in_reality([]() -> coro<> {
        for (const bool reset : {false, true}) {
            nurt_test::connection p = co_await connected();
            co_await begin_to_read(p.near);
            co_await p.far.write("nobody reads this");
            if (reset) {
                p.far.abort();
            } else {
                p.far.close();
            }
            co_await expect_idleness();
        }
    });
}

TEST_CASE("a peer that resets while it is written to does not keep the loop busy") {
    in_reality([]() -> coro<> {
        nurt_test::connection p = co_await connected();
        auto writing = nurt::create_task(
            [](stream& to) -> coro<> { co_await to.write(std::string(20'000'000, 'w')); },
            std::ref(p.near));
        co_await nurt::sleep(nurt::milliseconds(5));
        p.far.abort();
        const auto error = co_await nurt_test::error_of<nurt::os_error>(
            [](nurt::task<> t) -> coro<> { co_await t; }(writing));
        CHECK((error.number() == ECONNRESET || error.number() == EPIPE));
        co_await expect_idleness();
    });
}

TEST_CASE("a closed descriptor that another process still holds does not keep the loop busy") {
    in_reality([]() -> coro<> {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        const int held = ::dup(ends[0]);
        stream near = nurt::adopt_socket(ends[0]);
        co_await begin_to_read(near);
        near.close();
        CHECK(::send(ends[1], "x", 1, MSG_NOSIGNAL) == 1);
        co_await expect_idleness();
        ::close(held);
        ::close(ends[1]);
    });
}

TEST_CASE("a loop that another thread has woken a thousand times is idle afterwards") {
    in_reality([]() -> coro<> {
        nurt::event_loop& loop = nurt::event_loop::running();
        int calls = 0;
        std::thread other([&] {
            for (int i = 0; i < 1000; ++i) {
                loop.call_soon_threadsafe([&calls] { ++calls; });
            }
        });
        other.join();
        co_await expect_idleness();
        CHECK(calls == 1000);
    });
}

TEST_CASE("idle clients and a listener do not keep the loop busy") {
    in_reality([]() -> coro<> {
        auto hold = [](stream s) -> coro<> {
            try {
                const std::string all = co_await s.read_all();
            } catch (const nurt::os_error&) {
                co_return;  // reset
            }
        };
        auto server = co_await nurt::start_server(hold, "127.0.0.1", 0);
        std::vector<stream> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(co_await nurt::connect("127.0.0.1", server.port()));
        }
        for (std::size_t i = 0; i < 10; ++i) {
            clients[i].abort();
        }
        co_await expect_idleness();
    });
}
