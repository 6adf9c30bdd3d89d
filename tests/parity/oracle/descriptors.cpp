// SPDX-License-Identifier: MIT
// tests/parity/oracle/descriptors.cpp: descriptors of somebody else, and datagrams.
#include "oracle.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;
using oracle::tell;
using oracle::world;

namespace {

// Two connected sockets, which another library has made.
struct sockets {
    sockets() {
        int made[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, made) == 0) {
            left = io::descriptor(made[0]);
            right = io::descriptor(made[1]);
        }
    }
    void send(std::string_view text) const {
        if (::write(left.number(), text.data(), text.size()) < 0) say("not sent");
    }
    std::string receive(std::size_t size) const {
        char memory[100];
        const ssize_t n = ::read(right.number(), memory, size);
        return n < 0 ? "nothing" : std::string(memory, static_cast<std::size_t>(n));
    }
    int fd() const { return right.number(); }

    io::descriptor left;
    io::descriptor right;
};

const program reader(
    "descriptors/reader",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        const sockets s;
        queue<std::string> heard;
        loop.add_reader(s.fd(), [&] { heard.put_nowait(s.receive(1)); });
        s.send("abc");
        say("sent", heard.empty());
        for (int i = 0; i < 3; ++i) {
            const std::string text = co_await heard.get();
            say(text);
        }
        const bool first = loop.remove_reader(s.fd());
        say(first, loop.remove_reader(s.fd()));
        s.send("d");
        co_await sleep(milliseconds(10));
        say(heard.empty(), s.receive(10));
    },
    world::machine);

const program replaced(
    "descriptors/replaced",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        const sockets s;
        event done;
        int writes = 0;
        loop.add_reader(s.fd(), [] { say("first"); });
        loop.add_reader(s.fd(), [&] {
            say("second", s.receive(10));
            done.set();
        });
        loop.add_writer(s.fd(), [&] {
            if (++writes == 3) {
                loop.remove_writer(s.fd());
                s.send("x");
            }
        });
        co_await done.wait();
        const bool writer = loop.remove_writer(s.fd());
        say(writes, writer, loop.remove_reader(s.fd()));
    },
    world::machine);

const program read_before_write(
    "descriptors/read_before_write",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        const sockets s;
        event done;
        s.send("x");
        loop.add_writer(s.fd(), [&] {
            say("write");
            loop.remove_writer(s.fd());
            done.set();
        });
        loop.add_reader(s.fd(), [&] { say("read", s.receive(10)); });
        co_await done.wait();
        loop.remove_reader(s.fd());
    },
    world::machine);

const program removes_the_other(
    "descriptors/removes_the_other",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        const sockets s;
        event done;
        s.send("x");
        loop.add_writer(s.fd(), [] { say("never"); });
        loop.add_reader(s.fd(), [&] {
            const std::string text = s.receive(10);
            say("read", text, loop.remove_writer(s.fd()));
            loop.remove_reader(s.fd());
            done.set();
        });
        co_await done.wait();
        co_await sleep(milliseconds(10));
    },
    world::machine);

const program reader_error(
    "descriptors/error",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        const sockets s;
        queue<std::string> heard;
        loop.add_reader(s.fd(), [&] {
            heard.put_nowait(s.receive(1));
            throw oops("in the reader");
        });
        for (const char* text : {"a", "b"}) {
            s.send(text);
            const std::string got = co_await heard.get();
            say(got);
        }
        say(loop.remove_reader(s.fd()));
    },
    world::machine);

io::descriptor bound_socket(int kind) {
    io::descriptor made(::socket(AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const io::endpoint any = socket_address::parse("127.0.0.1:0")->to_endpoint();
    if (::bind(made.number(), reinterpret_cast<const sockaddr*>(any.bytes), any.size) != 0) {
        say("not bound");
    }
    return made;
}

socket_address address_of(const io::descriptor& socket) {
    io::endpoint at;
    socklen_t size = sizeof at.bytes;
    ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(at.bytes), &size);
    at.size = size;
    return socket_address::from(at).value();
}

const program sock_conversation(
    "descriptors/sock_conversation",
    []() -> coro<> {
        const io::descriptor waiting = bound_socket(SOCK_STREAM);
        ::listen(waiting.number(), 10);
        const io::descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        auto accepting = create_task(sock_accept(waiting.number()));
        co_await sleep(seconds(0));
        say(accepting.done());
        co_await sock_connect(client.number(), address_of(waiting));
        accepted_socket served = co_await std::move(accepting);
        const bool blocks = (::fcntl(served.socket.number(), F_GETFL) & O_NONBLOCK) == 0;
        say(socket_address::from(served.peer) == address_of(client), blocks);
        co_await sock_sendall(client.number(), "hello");
        const std::string some = co_await sock_recv(served.socket.number(), 3);
        const std::string rest = co_await sock_recv(served.socket.number(), 10);
        say(some, rest);
        char memory[10];
        co_await sock_sendall(served.socket.number(), "back");
        const std::size_t size = co_await sock_recv_into(client.number(), memory);
        say(size, std::string_view(memory, size));
        served.socket.close();
        const std::string end = co_await sock_recv(client.number(), 10);
        say(end);
    },
    world::machine);

const program sock_refused(
    "descriptors/sock_refused",
    []() -> coro<> {
        io::descriptor gone = bound_socket(SOCK_STREAM);
        const socket_address at = address_of(gone);
        gone.close();
        const io::descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        co_await tell("connect", sock_connect(client.number(), at));
    },
    world::machine);

const program sock_cancelled(
    "descriptors/sock_cancelled",
    []() -> coro<> {
        sockets s;
        const task<> receiving = create_task(tell("first", sock_recv(s.fd(), 10)));
        co_await sleep(seconds(0));
        receiving.cancel("enough");
        co_await receiving;
        co_await sock_sendall(s.left.number(), "still here");
        co_await tell("second", sock_recv(s.fd(), 100));
        s.left.close();
        co_await tell("third", sock_recv(s.fd(), 100));
    },
    world::machine);

const program sock_much(
    "descriptors/sock_much",
    []() -> coro<> {
        const sockets s;
        const std::string text(3'000'000, 'm');
        const task<> sending = create_task(sock_sendall(s.left.number(), text));
        co_await sleep(seconds(0));
        say(sending.done());
        std::size_t total = 0;
        while (total < text.size()) {
            const std::string piece = co_await sock_recv(s.fd(), 100'000);
            total += piece.size();
        }
        co_await tell("sending", sending);
        say(total);
    },
    world::machine);

const program sock_datagrams(
    "descriptors/sock_datagrams",
    []() -> coro<> {
        const io::descriptor left = bound_socket(SOCK_DGRAM);
        const io::descriptor right = bound_socket(SOCK_DGRAM);
        const std::size_t sent = co_await sock_sendto(left.number(), "question", address_of(right));
        say(sent);
        const datagram asked = co_await sock_recvfrom(right.number(), 100);
        say(asked.data, asked.from() == address_of(left));
        co_await sock_sendto(right.number(), "answer", asked.sender);
        char memory[3];
        const received got = co_await sock_recvfrom_into(left.number(), memory);
        say(got.size, std::string_view(memory, got.size), got.from() == address_of(right));
    },
    world::machine);

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(c));
    return text;
}

const socket_address anywhere = *socket_address::parse("127.0.0.1:0");

const program question(
    "datagrams/question",
    []() -> coro<> {
        datagram_socket server = open_datagram_socket(anywhere);
        datagram_socket client = connect_datagram_socket(server.local_address());
        for (const char* text : {"one", "two and more"}) {
            co_await client.send(text);
            const datagram asked = co_await server.receive();
            say("server:", asked.data, asked.from() == client.local_address());
            const std::string answer = upper(asked.data);
            co_await server.send_to(answer, asked.sender);
            const datagram answered = co_await client.receive();
            say("client:", answered.data, answered.from() == server.local_address());
        }
    },
    world::machine);

const program order(
    "datagrams/order",
    []() -> coro<> {
        datagram_socket server = open_datagram_socket(anywhere);
        datagram_socket client = connect_datagram_socket(server.local_address());
        for (const std::size_t size : {1U, 2000U, 3U, 9000U, 5U}) {
            co_await client.send(std::string(size, 'd'));
        }
        for (int i = 0; i < 5; ++i) {
            const datagram one = co_await server.receive();
            say(one.data.size());
        }
    },
    world::machine);

const program refused(
    "datagrams/refused",
    []() -> coro<> {
        io::descriptor gone = bound_socket(SOCK_DGRAM);
        const socket_address at = address_of(gone);
        gone.close();
        datagram_socket client = connect_datagram_socket(at);
        co_await client.send("anybody?");
        try {
            co_await client.receive();
        } catch (const os_error&) {
            say(caught());
        }
    },
    world::machine);

const program too_long(
    "datagrams/too_long",
    []() -> coro<> {
        datagram_socket server = open_datagram_socket(anywhere);
        datagram_socket client = connect_datagram_socket(server.local_address());
        try {
            co_await client.send(std::string(70'000, 'd'));
        } catch (const os_error&) {
            say(caught());
        }
        co_await client.send("short");
        const datagram one = co_await server.receive();
        say(one.data);
    },
    world::machine);

const program over_a_path(
    "datagrams/unix",
    []() -> coro<> {
        const auto folder = co_await files::temporary_directory();
        const unix_address at(folder.path() + "/s");
        datagram_socket server = open_datagram_socket(at);
        datagram_socket client = connect_datagram_socket(at);
        co_await client.send("one");
        co_await client.send("two");
        const datagram first = co_await server.receive();
        const datagram second = co_await server.receive();
        say(first.data, second.data);
    },
    world::machine);

}  // namespace
