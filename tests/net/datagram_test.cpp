// SPDX-License-Identifier: MIT
#include "nurt/net/datagram_socket.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/net/unix.hpp"
#include "tests/support/in_loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

using nurt::connect_datagram_socket;
using nurt::coro;
using nurt::create_task;
using nurt::datagram_socket;
using nurt::ip_address;
using nurt::milliseconds;
using nurt::open_datagram_socket;
using nurt::seconds;
using nurt::sleep;
using nurt::socket_address;
using nurt_test::error_of;
using nurt_test::in_sim;

namespace {

datagram_socket open() {
    return open_datagram_socket(socket_address(ip_address::loopback_v4(), 0));
}

coro<std::string> next_text(datagram_socket& from) {
    const nurt::datagram d = co_await from.receive();
    co_return d.data;
}

coro<void> send(datagram_socket& from, std::string text) {
    co_await from.send(text);
}

}  // namespace

TEST_CASE("a datagram says from whom it is, and can be answered") {
    in_sim([]() -> coro<void> {
        datagram_socket server = open();
        datagram_socket client = open();
        co_await client.send_to("ping", server.local_address());
        char memory[100];
        const nurt::received got = co_await server.receive(memory);
        CHECK(std::string(memory, got.size) == "ping");
        CHECK(got.from() == client.local_address());
        co_await server.send_to("pong", got.sender);
        const nurt::datagram answer = co_await client.receive();
        CHECK(answer.data == "pong");
        CHECK(answer.from() == server.local_address());
    });
}

TEST_CASE("what is too long for the caller's memory is told to be truncated") {
    in_sim([]() -> coro<void> {
        datagram_socket s = open();
        co_await s.send_to("0123456789", s.local_address());
        char memory[4];
        const nurt::received got = co_await s.receive(memory);
        CHECK(got.size == 4);
        CHECK(got.truncated);
    });
}

TEST_CASE("a cancelled receive loses no datagram") {
    in_sim([]() -> coro<void> {
        datagram_socket s = open();
        for (int i = 0; i < 20; ++i) {
            auto waiting = create_task(next_text(s));
            co_await sleep(milliseconds(i % 3));
            const std::string text = std::to_string(i);
            co_await s.send_to(text, s.local_address());
            if (i % 2 == 0) {
                waiting.cancel();
                co_await sleep(milliseconds(1));
            }
            if (i % 2 == 0 && waiting.cancelled()) {
                const std::string kept = co_await next_text(s);
                CHECK(kept == text);
            } else {
                const std::string got = co_await waiting;
                CHECK(got == text);
            }
        }
    });
}

TEST_CASE("several tasks receive in the order in which they came") {
    in_sim([]() -> coro<void> {
        datagram_socket s = open();
        auto first = create_task(next_text(s));
        auto second = create_task(next_text(s));
        auto third = create_task(next_text(s));
        co_await sleep(seconds(1));
        second.cancel();
        co_await s.send_to("1", s.local_address());
        co_await s.send_to("2", s.local_address());
        const std::string a = co_await first;
        const std::string c = co_await third;
        CHECK(a == "1");
        CHECK(c == "2");
    });
}

TEST_CASE("a batch is received in the caller's slots and sent back from them") {
    in_sim([]() -> coro<void> {
        datagram_socket server = open();
        datagram_socket client = connect_datagram_socket(server.local_address());
        for (const char* text : {"a", "bb", "ccc"}) {
            co_await client.send(text);
        }
        co_await sleep(seconds(1));
        std::array<nurt::datagram_slot, 10> slots;
        std::string memory(slots.size() * 100, '\0');
        for (std::size_t i = 0; i < slots.size(); ++i) {
            slots[i].data = memory.data() + i * 100;
            slots[i].room = 100;
        }
        const std::size_t n = co_await server.receive_many(slots);
        REQUIRE(n == 3);
        const std::size_t sent = co_await server.send_many(std::span(slots).first(n));
        CHECK(sent == 3);
        for (const char* text : {"a", "bb", "ccc"}) {
            const std::string echo = co_await next_text(client);
            CHECK(echo == text);
        }
    });
}

TEST_CASE("a connected socket tells once that nobody is there") {
    in_sim([]() -> coro<void> {
        datagram_socket gone = open();
        datagram_socket s = connect_datagram_socket(gone.local_address());
        gone.close();
        co_await s.send("anybody?");
        const auto e = co_await error_of<nurt::os_error>(next_text(s));
        CHECK(e.number() == ECONNREFUSED);
        CHECK(std::string(e.what()).starts_with("receive from 127.0.0.1:"));
        auto still_waiting = create_task(next_text(s));
        co_await sleep(seconds(1));
        CHECK_FALSE(still_waiting.done());
        still_waiting.cancel();
    });
}

TEST_CASE("sending without an address over an unconnected socket is an error that says so") {
    in_sim([]() -> coro<void> {
        datagram_socket s = open();
        const auto e = co_await error_of<nurt::os_error>(send(s, "to whom?"));
        CHECK(e.number() == EDESTADDRREQ);
        CHECK(e.what() == "send without a peer from " + s.local_address().to_string() +
                              ": Destination address required");
    });
}

TEST_CASE("a datagram that is too long is refused and the socket lives on") {
    in_sim([]() -> coro<void> {
        datagram_socket s = open();
        auto too_long = [](datagram_socket& from) -> coro<void> {
            const std::string data(70'000, 'x');
            co_await from.send_to(data, from.local_address());
        };
        const auto e = co_await error_of<nurt::os_error>(too_long(s));
        CHECK(e.number() == EMSGSIZE);
        CHECK(std::string(e.what()).starts_with("send to 127.0.0.1:"));
        co_await s.send_to("short", s.local_address());
        const std::string got = co_await next_text(s);
        CHECK(got == "short");
    });
}

TEST_CASE("closing ends those who wait to receive, and a second close does nothing") {
    in_sim([]() -> coro<void> {
        datagram_socket s = open();
        auto first = create_task(next_text(s));
        auto second = create_task(next_text(s));
        co_await sleep(seconds(1));
        s.close();
        s.close();
        CHECK(s.is_closed());
        for (auto* each : {&first, &second}) {
            auto awaited = [](nurt::task<std::string> t) -> coro<std::string> {
                co_return co_await t;
            };
            const auto e = co_await error_of<nurt::os_error>(awaited(*each));
            CHECK(e.number() == ECANCELED);
        }
        const auto e = co_await error_of<nurt::usage_error>(send(s, "late"));
        CHECK(std::string(e.what()) == "the socket is closed");
    });
}

TEST_CASE("a socket without an owner ends those who wait") {
    in_sim([]() -> coro<void> {
        nurt::task<void> waiting = create_task([]() -> coro<void> { co_return; });
        {
            datagram_socket s = open();
            static char memory[10];
            auto receive = [](std::shared_ptr<nurt::detail::datagram_state> state) -> coro<void> {
                co_await nurt::detail::receive_leaf(state, memory);
            };
            waiting = create_task(receive, s.shared());
            co_await sleep(seconds(1));
        }
        auto awaited = [](nurt::task<void> t) -> coro<void> { co_await t; };
        const auto e = co_await error_of<nurt::os_error>(awaited(waiting));
        CHECK(e.number() == ECANCELED);
    });
}

TEST_CASE("a question is asked again until an answer comes through a bad network") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(20);
    plan.jitter = milliseconds(20);
    plan.datagram_loss = 0.5;
    in_sim(
        []() -> coro<void> {
            datagram_socket server = open();
            auto serving = create_task(
                [](datagram_socket& s) -> coro<void> {
                    for (;;) {
                        const nurt::datagram d = co_await s.receive();
                        co_await s.send_to(d.data, d.sender);
                    }
                },
                std::ref(server));
            datagram_socket client = connect_datagram_socket(server.local_address());
            int asked = 0;
            for (bool answered = false; !answered; ++asked) {
                co_await client.send("question");
                try {
                    co_await nurt::wait_for(next_text(client), milliseconds(200));
                    answered = true;
                } catch (const nurt::timeout_error&) {
                }
            }
            CHECK(asked > 1);
            serving.cancel();
        },
        plan, 3);
}

TEST_CASE("names are looked up") {
    in_sim([]() -> coro<void> {
        datagram_socket server = co_await open_datagram_socket("localhost", 0);
        datagram_socket client = co_await connect_datagram_socket("localhost", server.port());
        co_await client.send("by name");
        const std::string got = co_await next_text(server);
        CHECK(got == "by name");
        CHECK(socket_address::from(client.peer_endpoint()) == server.local_address());
    });
}

TEST_CASE("a busy socket lets other tasks run") {
    in_sim([]() -> coro<void> {
        datagram_socket s = open();
        int others = 0;
        auto other = create_task(
            [](int& count) -> coro<void> {
                for (;;) {
                    co_await sleep(seconds(0));
                    ++count;
                }
            },
            std::ref(others));
        for (int i = 0; i < 1000; ++i) {
            co_await s.send_to("x", s.local_address());
        }
        CHECK(others >= 5);  // 128 operations that need not wait are one turn
        other.cancel();
    });
}

TEST_CASE("a simulated network has no Unix datagrams, and says so without touching the disk") {
    in_sim([]() -> coro<void> {
        auto open = []() -> coro<void> {
            nurt::open_datagram_socket(nurt::unix_address("/proc/self/nowhere"));
            co_return;
        };
        const auto e = co_await error_of<nurt::os_error>(open());
        CHECK(e.number() == EAFNOSUPPORT);
    });
}
