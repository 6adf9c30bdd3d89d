// SPDX-License-Identifier: MIT
// tests/faults/sockets_test.cpp: datagrams, Unix sockets and those of others while each call fails once.
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/datagram_socket.hpp"
#include "nurt/net/sock.hpp"
#include "nurt/net/unix.hpp"
#include "tests/faults/outside.hpp"
#include "tests/support/support.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <string>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::io::backend_kind;
using namespace nurt_test;

namespace {

nurt::socket_address any_port() {
    return *nurt::socket_address::parse("127.0.0.1:0");
}

// Those of a port that the kernel does not tell are lost.
nurt::socket_address address_of(const nurt::datagram_socket& s) {
    const auto at = s.local_address();
    if (at.port() == 0) {
        throw nurt::os_error(ENOBUFS, "the address of a socket");
    }
    return at;
}

coro<> say_later(nurt::datagram_socket& from) {
    co_await nurt::sleep(nurt::milliseconds(1));
    co_await from.send("late");
}

coro<> use_datagrams(const folders&) {
    nurt::datagram_socket near = nurt::open_datagram_socket(any_port(), {.reuse_address = true});
    nurt::datagram_socket far = nurt::open_datagram_socket(any_port(), {.receive_buffer = 65536});
    co_await near.send_to("question", address_of(far));
    const nurt::datagram question = co_await far.receive();
    expect(question.data == "question", "another question has come");
    co_await far.send_to("answer", question.sender);
    std::array<char, 100> memory{};
    const nurt::received answer = co_await near.receive(memory);
    expect(std::string_view(memory.data(), answer.size) == "answer", "another answer has come");
    nurt::datagram_socket connected = nurt::connect_datagram_socket(address_of(near));
    const auto both =
        co_await nurt::gather(nurt::cancel_on_error, near.receive(), say_later(connected));
    const nurt::datagram& late = std::get<0>(both);
    expect(late.data == "late", "something else was waited for");
}

coro<> use_many_datagrams(const folders&) {
    auto [near, far] = nurt::datagram_pair();
    std::array<std::array<char, 8>, 5> texts{};
    std::array<nurt::datagram_slot, 5> slots;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        texts[i][0] = static_cast<char>('a' + i);
        slots[i].data = texts[i].data();
        slots[i].size = slots[i].room = 1;
    }
    for (std::span<nurt::datagram_slot> left(slots); !left.empty();) {
        left = left.subspan(co_await near.send_many(left));
    }
    texts = {};
    std::string all;
    while (all.size() < slots.size()) {
        const std::size_t n = co_await far.receive_many(slots);
        for (std::size_t i = 0; i < n; ++i) {
            all += texts[i][0];
        }
    }
    expect(all == "abcde", "a datagram is missing, or came twice");
}

coro<> join_a_group(const folders&) {
    nurt::datagram_socket s =
        nurt::open_datagram_socket(*nurt::socket_address::parse("0.0.0.0:0"), {.broadcast = true});
    const auto group = *nurt::ip_address::parse("239.255.7.7");
    s.join(group, "lo");
    s.set_multicast_interface("lo");
    s.set_multicast_hops(1);
    s.set_multicast_loop(true);
    s.set_hops(3);
    const std::uint16_t port = address_of(s).port();
    co_await s.send_to("all", nurt::socket_address(group, port));
    const nurt::datagram heard = co_await s.receive();
    expect(heard.data == "all", "the group says something else");
    s.leave(group, "lo");
}

coro<> use_unix_datagrams(const folders& in) {
    const nurt::unix_address at(in.owned + "/inbox");
    nurt::datagram_socket inbox = nurt::open_datagram_socket(at, {.send_buffer = 65536});
    nurt::datagram_socket sender =
        nurt::connect_datagram_socket(at, nurt::unix_address(in.owned + "/sender"));
    co_await sender.send("letter");
    const nurt::datagram letter = co_await inbox.receive();
    expect(letter.data == "letter", "another letter has come");
    co_await inbox.send_to("reply", letter.sender);
    const nurt::datagram reply = co_await sender.receive();
    expect(reply.data == "reply", "another reply has come");
}

coro<> echo_line(nurt::stream s) {
    const std::string line = co_await s.readline();
    co_await s.write(line);
}

coro<> use_unix_streams(const folders& in) {
    const std::string name = in.owned + "/service";
    auto server = co_await nurt::start_unix_server(echo_line, name, {.mode = 0600});
    nurt::stream s = co_await nurt::open_unix_connection(name);
    const nurt::peer_credentials who = nurt::credentials_of(s);
    expect(who.pid == ::getpid(), "somebody else is there");
    co_await s.write("hello\n");
    const std::string line = co_await s.readline();
    if (line.empty()) {
        throw nurt::incomplete_read_error("", 6);  // the server has failed
    }
    expect(line == "hello\n", "the echo is another one");
    server.close();
    co_await server.wait_closed();
}

// Two descriptors go with the first byte of a text, whatever is taken at once.
coro<> hand_over_descriptors(const folders& in) {
    auto [near, far] = nurt::stream_pair();
    const int both[] = {in.file, in.file};
    const std::string text = "with two files\n";
    co_await nurt::send_descriptors(near, both, text);
    near.shutdown_write();
    std::string got;
    std::size_t descriptors = 0;
    for (std::size_t n = 1; n != 0;) {
        std::array<char, 100> memory{};
        const nurt::with_descriptors some = co_await nurt::receive_descriptors(far, memory);
        n = some.size;
        got.append(memory.data(), n);
        descriptors += some.descriptors.size();
        expect(!some.truncated, "descriptors are lost");
    }
    expect(got == text, "the text is another one");
    expect(descriptors == 2, "the descriptors have not come once");
}

nurt::io::descriptor open_socket(int kind) {
    nurt::io::descriptor s(::socket(AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (s.number() < 0) {
        throw nurt::os_error(errno, "open a socket of the test");
    }
    return s;
}

nurt::socket_address bound(int socket) {
    const nurt::io::endpoint at = any_port().to_endpoint();
    if (::bind(socket, reinterpret_cast<const sockaddr*>(at.bytes), at.size) != 0) {
        throw nurt::os_error(errno, "bind a socket of the test");
    }
    nurt::io::endpoint is;
    socklen_t size = sizeof is.bytes;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(is.bytes), &size) != 0) {
        throw nurt::os_error(errno, "name a socket of the test");
    }
    is.size = size;
    return *nurt::socket_address::from(is);
}

coro<> use_sockets_of_others(const folders& in) {
    const nurt::io::descriptor listener = open_socket(SOCK_STREAM);
    const nurt::socket_address at = bound(listener.number());
    if (::listen(listener.number(), 5) != 0) {
        throw nurt::os_error(errno, "listen with a socket of the test");
    }
    const nurt::io::descriptor near = open_socket(SOCK_STREAM);
    auto accepting = nurt::create_task(nurt::sock_accept(listener.number()));
    co_await nurt::sock_connect(near.number(), at);
    const nurt::accepted_socket far =
        co_await nurt::wait_for(std::move(accepting), nurt::seconds(2));
    co_await nurt::sock_sendall(near.number(), "to you");
    const std::string got = co_await nurt::sock_recv(far.socket.number(), 100);
    expect(std::string("to you").starts_with(got) && !got.empty(), "something else was received");
    auto receiving = nurt::create_task(nurt::sock_recv(near.number(), 100));
    const std::uint64_t sent = co_await nurt::sock_sendfile(far.socket.number(), in.file);
    const std::string from_file = co_await receiving;
    expect(sent == 11 && std::string("from a file").starts_with(from_file), "it is not the file");
}

coro<> use_datagrams_of_others(const folders&) {
    const nurt::io::descriptor near = open_socket(SOCK_DGRAM);
    const nurt::socket_address at = bound(near.number());
    const nurt::io::descriptor far = open_socket(SOCK_DGRAM);
    auto receiving = nurt::create_task(nurt::sock_recvfrom(near.number(), 100));
    co_await nurt::sock_sendto(far.number(), "to you", at);
    const nurt::datagram got = co_await receiving;
    expect(got.data == "to you", "something else was received");
}

// A watch that cannot go on is told to the loop's handler, and only there.
coro<> watch_a_descriptor(const folders&) {
    auto [near, far] = nurt::stream_pair();
    nurt::io::descriptor ends[2];
    int made[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, made) != 0) {
        throw nurt::os_error(errno, "socketpair of the test");
    }
    ends[0] = nurt::io::descriptor(made[0]);
    ends[1] = nurt::io::descriptor(made[1]);
    nurt::event_loop& loop = nurt::event_loop::running();
    nurt::future<bool> readable;
    nurt::future<bool> writable;
    auto once = [](nurt::future<bool> f) {
        return [f]() mutable { f.done() ? void() : f.set_result(true); };
    };
    loop.add_reader(ends[0].number(), once(readable));
    loop.add_writer(ends[0].number(), once(writable));
    co_await near.write("x");
    static_cast<void>(co_await far.read(1));
    if (::write(ends[1].number(), "x", 1) != 1) {
        throw nurt::os_error(errno, "write of the test");
    }
    try {
        co_await nurt::wait_for(readable, nurt::milliseconds(50));
        co_await nurt::wait_for(writable, nurt::milliseconds(50));
    } catch (const nurt::timeout_error&) {
        throw nurt::os_error(ETIME, "watch a descriptor of the test");
    }
    loop.remove_reader(ends[0].number());
    loop.remove_writer(ends[0].number());
}

constexpr outside_part datagrams[] = {{"datagrams", use_datagrams},
                                      {"many datagrams", use_many_datagrams},
                                      {"a group", join_a_group},
                                      {"Unix datagrams", use_unix_datagrams}};
constexpr outside_part unix_sockets[] = {{"Unix streams", use_unix_streams},
                                         {"descriptors", hand_over_descriptors}};
constexpr outside_part of_others[] = {{"sockets of others", use_sockets_of_others},
                                      {"datagrams of others", use_datagrams_of_others},
                                      {"watches", watch_a_descriptor}};

[[maybe_unused]] const bool added =
    add_parts(datagrams) && add_parts(unix_sockets) && add_parts(of_others);

template <std::size_t N>
void without_each_call_of(const outside_part (&parts)[N], backend_kind backend) {
    for (const outside_part& part : parts) {
        without_each_call(part, backend);
    }
}

}  // namespace

#define ON_BOTH(sentence, parts)                          \
    TEST_CASE(sentence ", on epoll") {                    \
        without_each_call_of(parts, backend_kind::epoll); \
    }                                                     \
    TEST_CASE(sentence ", on io_uring") {                 \
        without_each_call_of(parts, backend_kind::uring); \
    }

ON_BOTH("datagrams, each system call failing once, leave nothing", datagrams)
ON_BOTH("Unix sockets, each system call failing once, leave nothing", unix_sockets)
ON_BOTH("sockets of others, each system call failing once, leave nothing", of_others)
