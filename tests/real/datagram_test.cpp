// SPDX-License-Identifier: MIT
// Datagrams over the machine's own network, and over Unix sockets.
#include "nurt/base/cancelled.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/net/unix.hpp"
#include "tests/real/folder.hpp"
#include "tests/real/reality.hpp"

#include <array>
#include <cerrno>
#include <span>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using nurt::connect_datagram_socket;
using nurt::coro;
using nurt::create_task;
using nurt::datagram_socket;
using nurt::ip_address;
using nurt::milliseconds;
using nurt::open_datagram_socket;
using nurt::socket_address;
using nurt::unix_address;
using nurt_test::error_of;
using nurt_test::folder;
using nurt_test::in_reality;

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

coro<void> echo(datagram_socket& s) {
    char memory[2048];
    for (;;) {
        const nurt::received got = co_await s.receive(memory);
        co_await s.send_to(std::string_view(memory, got.size), got.sender);
    }
}

}  // namespace

TEST_CASE("an echo over UDP answers everybody, one by one and in batches") {
    in_reality([]() -> coro<void> {
        datagram_socket server = open();
        auto serving = create_task(echo, std::ref(server));
        datagram_socket client = connect_datagram_socket(server.local_address());
        for (int i = 0; i < 300; ++i) {
            const std::string text = std::to_string(i);
            co_await client.send(text);
            const std::string answer = co_await next_text(client);
            CHECK(answer == text);
        }
        std::array<nurt::datagram_slot, 100> slots;
        std::string memory(slots.size() * 8, '.');
        for (std::size_t i = 0; i < slots.size(); ++i) {
            slots[i].data = memory.data() + i * 8;
            slots[i].size = slots[i].room = 8;
        }
        const std::size_t sent = co_await client.send_many(slots);
        CHECK(sent == slots.size());
        for (std::size_t n = 0; n < slots.size();) {
            n += co_await client.receive_many(slots);
        }
        serving.cancel();
    });
}

TEST_CASE("a batch takes all that is there, however many came before") {
    in_reality([]() -> coro<void> {
        datagram_socket server = open();
        datagram_socket client = connect_datagram_socket(server.local_address());
        std::array<nurt::datagram_slot, 70> sent;
        std::array<nurt::datagram_slot, 70> got;
        std::string memory(got.size(), '.');
        std::size_t number = 0;
        for (const std::size_t count :
             {1U, 3U, 4U, 5U, 70U, 2U, 1U, 1U, 64U, 40U, 1U, 1U, 8U, 9U}) {
            std::string texts;
            for (std::size_t i = 0; i < count; ++i) {
                texts += static_cast<char>('a' + number++ % 26);
            }
            for (std::size_t i = 0; i < got.size(); ++i) {
                sent[i].data = texts.data() + i;
                sent[i].size = got[i].room = 1;
                got[i].data = memory.data() + i;
            }
            const std::size_t went = co_await client.send_many(std::span(sent).first(count));
            CHECK(went == count);
            const std::size_t came = co_await server.receive_many(got);
            CHECK(came == count);
            CHECK(memory.substr(0, came) == texts);
        }
    });
}

TEST_CASE("datagrams go over IPv6 as over IPv4") {
    in_reality([]() -> coro<void> {
        try {
            datagram_socket server =
                open_datagram_socket(socket_address(ip_address::loopback_v6(), 0));
            datagram_socket client = connect_datagram_socket(server.local_address());
            client.set_hops(3);
            co_await client.send("six");
            const nurt::datagram got = co_await server.receive();
            CHECK(got.data == "six");
            CHECK(got.from().ip() == ip_address::loopback_v6());
        } catch (const nurt::os_error& e) {
            const bool absent = e.number() == EADDRNOTAVAIL || e.number() == EAFNOSUPPORT;
            CHECK_MESSAGE(absent, e.what());
        }
    });
}

TEST_CASE("a connected socket hears that nobody is there") {
    in_reality([]() -> coro<void> {
        datagram_socket gone = open();
        datagram_socket s = connect_datagram_socket(gone.local_address());
        gone.close();
        co_await nurt::sleep(milliseconds(1));
        co_await s.send("anybody?");
        const auto e = co_await error_of<nurt::os_error>(next_text(s));
        CHECK(e.number() == ECONNREFUSED);
    });
}

TEST_CASE("a cancelled receive leaves every datagram for the next one") {
    in_reality([]() -> coro<void> {
        datagram_socket s = open();
        datagram_socket client = connect_datagram_socket(s.local_address());
        int received = 0;
        for (int i = 0; i < 200; ++i) {
            auto waiting = create_task(next_text(s));
            co_await nurt::sleep(nurt::seconds(0));
            co_await client.send("x");
            for (int turns = i % 4; turns > 0; --turns) {
                co_await nurt::sleep(nurt::seconds(0));
            }
            waiting.cancel();
            try {
                co_await waiting;
                ++received;
            } catch (const nurt::cancelled_error&) {
            }
        }
        while (received < 200) {
            co_await nurt::wait_for(next_text(s), nurt::seconds(5));
            ++received;
        }
    });
}

TEST_CASE("members of a multicast group on this machine hear each other") {
    in_reality([]() -> coro<void> {
        const ip_address group = ip_address::v4(239, 255, 77, 1);
        datagram_socket member =
            open_datagram_socket(socket_address(ip_address::any_v4(), 0), {.reuse_address = true});
        datagram_socket other = open_datagram_socket(
            socket_address(ip_address::any_v4(), member.port()), {.reuse_address = true});
        member.join(group, "lo");
        other.join(group, "lo");
        datagram_socket sender = open();
        sender.set_multicast_interface("lo");
        sender.set_multicast_hops(0);
        sender.set_multicast_loop(true);
        const socket_address to(group, member.port());
        co_await sender.send_to("all", to);
        const std::string first = co_await next_text(member);
        const std::string second = co_await next_text(other);
        CHECK(first == "all");
        CHECK(second == "all");
        other.leave(group, "lo");
        CHECK_THROWS_AS(other.leave(group, "lo"), const nurt::os_error&);
        CHECK_THROWS_AS(other.join(group, "no such"), const nurt::os_error&);
        CHECK_THROWS_AS(other.join(ip_address::loopback_v4()), const nurt::os_error&);
    });
}

TEST_CASE("a port that sockets share is refused to one that does not share") {
    in_reality([]() -> coro<void> {
        datagram_socket first = open_datagram_socket(socket_address(ip_address::loopback_v4(), 0),
                                                     {.reuse_port = true});
        CHECK_NOTHROW(open_datagram_socket(first.local_address(), {.reuse_port = true}));
        CHECK_THROWS_WITH_AS(
            open_datagram_socket(first.local_address()),
            ("open " + first.local_address().to_string() + ": Address already in use").c_str(),
            const nurt::os_error&);
        co_return;
    });
}

TEST_CASE("broadcasting has to be allowed") {
    in_reality([]() -> coro<void> {
        datagram_socket s = open();
        auto shout = [](datagram_socket& from) -> coro<void> {
            const socket_address everybody(ip_address::v4(127, 255, 255, 255), 9);
            co_await from.send_to("hello", everybody);
        };
        const auto e = co_await error_of<nurt::os_error>(shout(s));
        CHECK(e.number() == EACCES);
        s.set_broadcast(true);
        co_await shout(s);
    });
}

TEST_CASE("Unix datagrams go over paths and abstract names, and the path goes with its socket") {
    in_reality([]() -> coro<void> {
        const folder f;
        const unix_address at(f.path("server"));
        {
            datagram_socket server = open_datagram_socket(at);
            CHECK(f.has("server"));
            datagram_socket client = connect_datagram_socket(at, unix_address(f.path("client")));
            co_await client.send("over a path");
            const nurt::datagram got = co_await server.receive();
            CHECK(got.data == "over a path");
            CHECK(unix_address::from(got.sender) == unix_address(f.path("client")));
            co_await server.send_to("back", got.sender);
            const std::string back = co_await next_text(client);
            CHECK(back == "back");
        }
        CHECK_FALSE(f.has("server"));
        CHECK_FALSE(f.has("client"));
        const unix_address name("@nurt-test-" + std::to_string(::getpid()));
        datagram_socket abstract = open_datagram_socket(name);
        datagram_socket unnamed = connect_datagram_socket(name);
        co_await unnamed.send("no name");
        const nurt::datagram got = co_await abstract.receive();
        CHECK(got.sender.size == 0);
    });
}

TEST_CASE("a Unix sender waits without spinning while the receiver is full, and loses nothing") {
    in_reality([]() -> coro<void> {
        const folder f;
        const unix_address at(f.path("full"));
        datagram_socket server = open_datagram_socket(at);
        datagram_socket client = open_datagram_socket(unix_address());
        constexpr int count = 500;
        auto sending = create_task(
            [](datagram_socket& from, const unix_address& to) -> coro<void> {
                for (int i = 0; i < count; ++i) {
                    const std::string text = std::to_string(i);
                    co_await from.send_to(text, to);
                }
            },
            std::ref(client), std::cref(at));
        const auto turns = nurt::event_loop::running().turns();
        co_await nurt::sleep(milliseconds(50));
        CHECK_FALSE(sending.done());
        CHECK(nurt::event_loop::running().turns() - turns < 200);
        for (int i = 0; i < count; ++i) {
            const std::string text = co_await next_text(server);
            CHECK(text == std::to_string(i));
        }
        co_await sending;
    });
}

TEST_CASE("a pair of datagram sockets is connected") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::datagram_pair();
        co_await left.send("to the right");
        co_await left.send("");
        const std::string text = co_await next_text(right);
        const std::string empty = co_await next_text(right);
        CHECK(text == "to the right");
        CHECK(empty.empty());
        right.close();
        const auto e = co_await error_of<nurt::os_error>(send(left, "nobody"));
        CHECK(e.number() == ECONNREFUSED);
    });
}
