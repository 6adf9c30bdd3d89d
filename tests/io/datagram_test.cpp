// SPDX-License-Identifier: MIT
// The contract of nurt::io::backend for sockets that carry messages, on every backend.
#include "tests/io/worlds.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

using namespace nurt_test;
using nurt::io::datagram;

namespace {

endpoint address(const char* text) {
    return nurt::socket_address::parse(text)->to_endpoint();
}

nurt::socket_address ip_of(const endpoint& e) {
    return nurt::socket_address::from(e).value();
}

template <class World>
channel& open(World& w, const char* at = "127.0.0.1:0") {
    return w.io->open_datagrams(address(at), {}, "open");
}

template <class World>
int send(World& w, channel& from, channel& to, std::string text) {
    datagram d;
    d.data = text.data();
    d.size = text.size();
    d.address = w.io->local_address(to);
    return w.io->send_datagrams(from, &d, 1);
}

struct arrived {
    int result;
    std::string text;
    bool truncated;
    endpoint from;
};

// One message, waited for if need be.
template <class World>
arrived receive(World& w, channel& on, std::size_t room = 100) {
    std::string memory(room, '\0');
    datagram d;
    d.data = memory.data();
    d.room = room;
    int result = w.io->receive_datagrams(on, &d, 1);
    if (result == -EAGAIN) {
        test_operation readable(on, opcode::wait_readable);
        w.io->submit(readable);
        REQUIRE(w.finish(readable));
        result = w.io->receive_datagrams(on, &d, 1);
    }
    return {result, memory.substr(0, d.size), d.truncated, d.address};
}

template <class World>
int connect(World& w, channel& c, endpoint to) {
    test_operation op(c, opcode::connect);
    op.address = &to;
    REQUIRE(w.io->try_now(op));
    return static_cast<int>(op.result);
}

}  // namespace

TEST_CASE_TEMPLATE("a datagram arrives whole and says from whom", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    channel& b = open(w);
    CHECK(send(w, a, b, "hello") == 1);
    const auto got = receive(w, b);
    CHECK(got.result == 1);
    CHECK(got.text == "hello");
    CHECK_FALSE(got.truncated);
    CHECK(ip_of(got.from) == ip_of(w.io->local_address(a)));
}

TEST_CASE_TEMPLATE("an empty datagram is one", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    CHECK(send(w, a, a, "") == 1);
    const auto got = receive(w, a);
    CHECK(got.result == 1);
    CHECK(got.text.empty());
}

TEST_CASE_TEMPLATE("a datagram that is too long for the room says so", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    CHECK(send(w, a, a, "truncated") == 1);
    CHECK(send(w, a, a, "next") == 1);
    const auto first = receive(w, a, 5);
    CHECK(first.text == "trunc");
    CHECK(first.truncated);
    const auto second = receive(w, a);
    CHECK(second.text == "next");
    CHECK_FALSE(second.truncated);
}

TEST_CASE_TEMPLATE("a batch gives what is there, each with its border", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    std::string texts[] = {"one", "", "three"};
    std::array<datagram, 3> out;
    for (std::size_t i = 0; i < 3; ++i) {
        out[i].data = texts[i].data();
        out[i].size = texts[i].size();
        out[i].address = w.io->local_address(a);
    }
    CHECK(w.io->send_datagrams(a, out.data(), out.size()) == 3);
    w.settle();
    char memory[8][10];
    std::array<datagram, 8> in;
    for (std::size_t i = 0; i < 8; ++i) {
        in[i].data = memory[i];
        in[i].room = sizeof memory[i];
    }
    REQUIRE(w.io->receive_datagrams(a, in.data(), in.size()) == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(std::string(in[i].data, in[i].size) == texts[i]);
    }
    CHECK(w.io->receive_datagrams(a, in.data(), in.size()) == -EAGAIN);
}

TEST_CASE_TEMPLATE("a connected socket hears only its peer", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    channel& b = open(w);
    channel& stranger = open(w);
    CHECK(connect(w, a, w.io->local_address(b)) == 0);
    CHECK(ip_of(w.io->peer_address(a)) == ip_of(w.io->local_address(b)));
    CHECK(send(w, stranger, a, "not for you") == 1);
    w.settle();
    CHECK(send(w, b, a, "for you") == 1);
    CHECK(receive(w, a).text == "for you");
    datagram d;
    std::string text = "no address needed";
    d.data = text.data();
    d.size = text.size();
    CHECK(w.io->send_datagrams(a, &d, 1) == 1);
    CHECK(receive(w, b).text == text);
}

TEST_CASE_TEMPLATE("a connected socket is told that nobody is there", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    channel& gone = open(w);
    const endpoint nobody = w.io->local_address(gone);
    w.io->close(gone, closing::flush);
    CHECK(connect(w, a, nobody) == 0);
    datagram d;
    CHECK(w.io->send_datagrams(a, &d, 1) == 1);
    CHECK(receive(w, a).result == -ECONNREFUSED);
}

TEST_CASE_TEMPLATE("a datagram that no network carries is refused", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    CHECK(send(w, a, a, std::string(65508, 'x')) == -EMSGSIZE);
    CHECK(send(w, a, a, std::string(65507, 'x')) == 1);
    CHECK(receive(w, a, 65536).text.size() == 65507);
}

TEST_CASE_TEMPLATE("a port for datagrams is had once", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    const endpoint at = w.io->local_address(a);
    CHECK_THROWS_AS(w.io->open_datagrams(at, {}, "open"), const nurt::os_error&);
    CHECK_NOTHROW(w.io->open_datagrams(at, {.bound = false}, "open"));
    w.io->close(a, closing::flush);
    w.settle();
    CHECK_NOTHROW(w.io->open_datagrams(at, {}, "open"));
}

TEST_CASE_TEMPLATE("a cancelled wait for datagrams takes none", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    test_operation readable(a, opcode::wait_readable);
    w.io->submit(readable);
    CHECK(w.io->cancel(readable));
    CHECK(send(w, a, a, "kept") == 1);
    w.settle();
    CHECK(readable.completions == 0);
    CHECK(receive(w, a).text == "kept");
}

TEST_CASE_TEMPLATE("closing ends a wait for datagrams", World, ON_EVERY_BACKEND) {
    World w;
    channel& a = open(w);
    test_operation readable(a, opcode::wait_readable);
    w.io->submit(readable);
    w.io->close(a, closing::flush);
    CHECK(w.finish(readable));
    CHECK(readable.result == -ECANCELED);
}

TEST_CASE_TEMPLATE("members of a group get what is sent to it", World, ON_EVERY_BACKEND) {
    World w;
    channel& member = w.io->open_datagrams(address("0.0.0.0:0"), {}, "open");
    const endpoint group = address("239.1.2.3:0");
    constexpr unsigned loopback = 1;
    if (w.io->set_membership(member, true, group, loopback) == -ENODEV) {
        return;  // a machine without the interface
    }
    channel& sender = open(w);
    CHECK(w.io->set_option(sender, nurt::io::socket_option::multicast_interface, 1) == 0);
    const auto port = ip_of(w.io->local_address(member)).port();
    datagram d;
    std::string text = "all";
    d.data = text.data();
    d.size = text.size();
    d.address = nurt::socket_address(ip_of(group).ip(), port).to_endpoint();
    CHECK(w.io->send_datagrams(sender, &d, 1) == 1);
    CHECK(receive(w, member).text == "all");
    CHECK(w.io->set_membership(member, false, group, loopback) == 0);
    CHECK(w.io->set_membership(member, false, group, loopback) == -EADDRNOTAVAIL);
    CHECK(w.io->set_membership(member, true, address("127.0.0.1:0"), loopback) == -EINVAL);
}

TEST_CASE_TEMPLATE("a stream that is received on request takes nothing before", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.io->receive_on_request(*server);
    w.send(*client, "first");
    CHECK(w.receive(*server) == "first");
    w.send(*client, "second");
    w.settle();
    test_operation readable(*server, opcode::wait_readable);
    w.io->submit(readable);
    CHECK(w.finish(readable));
    CHECK(w.receive(*server) == "second");
}

TEST_CASE("the network of a simulation loses, doubles and reorders datagrams by its seed") {
    nurt::sim::virtual_clock clock;
    nurt::sim::faults plan;
    plan.jitter = nurt::milliseconds(100);
    plan.datagram_loss = 0.2;
    plan.datagram_duplicates = 0.2;
    const auto run = [&](std::uint64_t seed) {
        const auto io = nurt::sim::make_backend(clock, seed, plan);
        channel& a = io->open_datagrams(address("127.0.0.1:0"), {}, "open");
        for (char c = 'a'; c <= 'z'; ++c) {
            datagram d;
            d.data = &c;
            d.size = 1;
            d.address = io->local_address(a);
            io->send_datagrams(a, &d, 1);
        }
        io->wait(clock.now() + nurt::seconds(1));
        std::string all;
        char memory[1];
        datagram d;
        d.data = memory;
        d.room = sizeof memory;
        while (io->receive_datagrams(a, &d, 1) == 1) {
            all += memory[0];
        }
        return all;
    };
    const std::string first = run(1);
    CHECK(run(1) == first);
    CHECK(run(2) != first);
    CHECK_FALSE(std::is_sorted(first.begin(), first.end()));
    const auto distinct = std::set<char>(first.begin(), first.end()).size();
    CHECK(distinct < 26);
    CHECK(first.size() > distinct);
}
