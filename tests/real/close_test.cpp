// SPDX-License-Identifier: MIT
// Closing: twice, too early, from inside of an error, and under a crowd that is still coming.
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/net/server.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::stream;
using nurt_test::connected;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

coro<> say(stream& to, std::string text) {
    co_await to.write(text);
}

}  // namespace

TEST_CASE("S165: closing again does nothing to the descriptor's next owner") {
    in_reality([]() -> coro<> {
        nurt_test::connection first = co_await connected();
        first.near.close();
        first.far.close();
        co_await nurt::sleep(nurt::milliseconds(1));
        nurt_test::connection second = co_await connected();  // takes the numbers over
        first.near.close();
        first.near.abort();
        co_await second.near.write("still open\n");
        const std::string line = co_await second.far.readline();
        CHECK(line == "still open\n");
    });
}

TEST_CASE("S157: a write after a close is an error, and reaches nobody else") {
    in_reality([]() -> coro<> {
        nurt_test::connection first = co_await connected();
        first.near.close();
        first.far.close();
        co_await nurt::sleep(nurt::milliseconds(1));
        nurt_test::connection second = co_await connected();
        const auto error = co_await error_of<nurt::usage_error>(say(first.near, "for nobody"));
        CHECK(std::string(error.what()) == "the stream is closed");
        second.near.close();
        second.far.shutdown_write();
        const std::string all = co_await second.far.read_all();
        CHECK(all.empty());
    });
}

TEST_CASE("who reads and finds a reset may close the stream under the writer") {
    in_reality([]() -> coro<> {
        nurt_test::connection p = co_await connected();
        auto reading = nurt::create_task(
            [](stream& s) -> coro<> {
                try {
                    co_await s.readline();
                } catch (const nurt::os_error&) {
                    s.close();
                }
            },
            std::ref(p.near));
        auto writing = nurt::create_task(say, std::ref(p.near), std::string(20'000'000, 'w'));
        co_await nurt::sleep(nurt::milliseconds(5));
        p.far.abort();
        co_await nurt::wait_for([](nurt::task<> t) -> coro<> { co_await t; }(reading),
                                nurt::seconds(5));
        const auto error = co_await error_of<nurt::os_error>(
            [](nurt::task<> t) -> coro<> { co_await t; }(writing));
        CHECK((error.number() == ECANCELED || error.number() == ECONNRESET ||
               error.number() == EPIPE));
    });
}

TEST_CASE("S164: who writes on and on learns that the peer has gone") {
    in_reality([]() -> coro<> {
        for (const bool reset : {false, true}) {
            nurt_test::connection p = co_await connected();
            if (reset) {
                p.far.abort();
            } else {
                p.far.close();
            }
            auto on_and_on = [](stream& to) -> coro<> {
                for (;;) {
                    co_await to.write("hello?\n");
                    co_await nurt::sleep(nurt::duration::zero());
                }
            };
            auto bounded = [](coro<> work) -> coro<> {
                co_await nurt::wait_for(std::move(work), nurt::seconds(5));
            };
            coro<> writing = on_and_on(p.near);
            const auto error = co_await error_of<nurt::os_error>(bounded(std::move(writing)));
            CHECK((error.number() == ECONNRESET || error.number() == EPIPE));
        }
    });
}

TEST_CASE("a megabyte that was sent before the hang-up is read to its last byte") {
    in_reality([]() -> coro<> {
        nurt_test::connection p = co_await connected();
        auto sending = nurt::create_task(
            [](stream s) -> coro<> { co_await s.write(std::string(1 << 20, 'm')); },
            std::move(p.far));
        co_await nurt::sleep(nurt::milliseconds(5));
        std::size_t total = 0;
        char memory[777];
        for (std::size_t n = 1; n != 0; total += n) {
            n = co_await p.near.read_some(memory);
        }
        CHECK(total == 1 << 20);
        co_await sending;
    });
}

// What is not accepted yet is closed as well; the harness counts descriptors.
TEST_CASE("a crowd that connects while the server closes leaves nothing open") {
    in_reality([]() -> coro<> {
        auto come = [](std::uint16_t port) -> coro<> {
            try {
                stream s = co_await nurt::connect("127.0.0.1", port);
                co_await s.write("hello\n");
                const std::string all = co_await s.read_all();
            } catch (const nurt::os_error&) {
                co_return;  // refused, or reset
            }
        };
        auto hold = [](stream s) -> coro<> { const std::string all = co_await s.read_all(); };
        for (int round = 0; round < 10; ++round) {
            auto server = co_await nurt::start_server(hold, "127.0.0.1", 0);
            std::vector<nurt::task<>> crowd;
            for (int i = 0; i < 30; ++i) {
                crowd.push_back(nurt::create_task(come, server.port()));
            }
            co_await nurt::sleep(nurt::microseconds(100.0 * round));
            server.close();
            if (round % 2 == 0) {
                server.close_clients();
            } else {
                server.abort_clients();
            }
            co_await nurt::wait_for(server.wait_closed(), nurt::seconds(5));
            for (auto& each : crowd) {
                co_await nurt::wait_for([](nurt::task<> t) -> coro<> { co_await t; }(each),
                                        nurt::seconds(5));
            }
        }
    });
}
