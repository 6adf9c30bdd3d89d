// SPDX-License-Identifier: MIT
// Descriptors of other libraries: callbacks, and the sock_* functions.
#include "nurt/base/cancelled.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/net/sock.hpp"
#include "nurt/net/unix.hpp"
#include "tests/real/folder.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::create_task;
using nurt::event_loop;
using nurt::milliseconds;
using nurt::sleep;
using nurt::io::descriptor;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

// Two connected sockets, as another library would make them.
struct sockets {
    explicit sockets(int kind = SOCK_STREAM) {
        int made[2];
        REQUIRE(::socketpair(AF_UNIX, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, made) == 0);
        left = descriptor(made[0]);
        right = descriptor(made[1]);
    }
    void say(const char* text) const {
        REQUIRE(::write(left.number(), text, std::string(text).size()) > 0);
    }
    char hear() const {
        char one = 0;
        return ::read(right.number(), &one, 1) == 1 ? one : '-';
    }
    descriptor left;
    descriptor right;
};

template <class Fn>
int number_of_error(Fn fn) {
    try {
        fn();
    } catch (const nurt::os_error& e) {
        return e.number();
    }
    return 0;
}

descriptor tcp_socket() {
    return descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

descriptor tcp_listener(nurt::socket_address& at) {
    descriptor made = tcp_socket();
    const auto any = nurt::socket_address::parse("127.0.0.1:0")->to_endpoint();
    REQUIRE(::bind(made.number(), reinterpret_cast<const sockaddr*>(any.bytes), any.size) == 0);
    REQUIRE(::listen(made.number(), 10) == 0);
    nurt::io::endpoint e;
    socklen_t size = sizeof e.bytes;
    REQUIRE(::getsockname(made.number(), reinterpret_cast<sockaddr*>(e.bytes), &size) == 0);
    e.size = size;
    at = nurt::socket_address::from(e).value();
    return made;
}

}  // namespace

TEST_CASE("a reader is called in each turn as long as there is something to read") {
    in_reality([]() -> coro<void> {
        event_loop& loop = event_loop::running();
        const sockets s;
        std::string heard;
        loop.add_reader(s.right.number(), [&] { heard += s.hear(); });
        co_await sleep(milliseconds(1));
        CHECK(heard.empty());
        s.say("abc");
        co_await sleep(milliseconds(1));
        CHECK(heard == "abc");
        s.say("d");
        co_await sleep(milliseconds(1));
        CHECK(heard == "abcd");
        CHECK(loop.remove_reader(s.right.number()));
        CHECK_FALSE(loop.remove_reader(s.right.number()));
        s.say("e");
        co_await sleep(milliseconds(1));
        CHECK(heard == "abcd");
    });
}

TEST_CASE("a second reader takes the place of the first, and a writer stands beside it") {
    in_reality([]() -> coro<void> {
        event_loop& loop = event_loop::running();
        const sockets s;
        const int fd = s.right.number();
        int first = 0;
        std::string second;
        int writes = 0;
        loop.add_reader(fd, [&] { ++first; });
        loop.add_reader(fd, [&] { second += s.hear(); });
        loop.add_writer(fd, [&] {
            if (++writes == 3) {
                loop.remove_writer(fd);
            }
        });
        s.say("x");
        co_await sleep(milliseconds(1));
        CHECK(first == 0);
        CHECK(second == "x");
        CHECK(writes == 3);
        CHECK_FALSE(loop.remove_writer(fd));
        CHECK(loop.remove_reader(fd));
    });
}

TEST_CASE(
    "a callback may remove or replace itself, and one that was removed in this turn is silent") {
    in_reality([]() -> coro<void> {
        event_loop& loop = event_loop::running();
        const sockets a;
        const sockets b;
        int calls = 0;
        // Whichever is first silences the other.
        loop.add_reader(a.right.number(), [&] {
            ++calls;
            loop.remove_reader(a.right.number());
            loop.remove_reader(b.right.number());
        });
        loop.add_reader(b.right.number(), [&] {
            ++calls;
            loop.remove_reader(a.right.number());
            loop.remove_reader(b.right.number());
        });
        a.say("x");
        b.say("x");
        co_await sleep(milliseconds(1));
        CHECK(calls == 1);
        std::string heard;
        loop.add_reader(a.right.number(), [&] {
            loop.add_reader(a.right.number(), [&] {
                heard += a.hear();
                loop.remove_reader(a.right.number());
            });
        });
        co_await sleep(milliseconds(1));
        CHECK(heard == "x");
    });
}

TEST_CASE("an exception of a reader goes to the handler, and the reader stays") {
    std::vector<std::string> errors;
    nurt_test::in_loop(
        nurt::services(),
        []() -> coro<void> {
            event_loop& loop = event_loop::running();
            const sockets s;
            loop.add_reader(s.right.number(), [&] {
                s.hear();
                throw nurt::usage_error("of the callback");
            });
            s.say("xy");
            co_await sleep(milliseconds(1));
            CHECK(loop.remove_reader(s.right.number()));
        },
        &errors);
    CHECK(errors.size() == 2);
}

TEST_CASE("what cannot be waited for is refused") {
    in_reality([]() -> coro<void> {
        event_loop& loop = event_loop::running();
        const nurt_test::folder f;
        std::ofstream(f.path("file")) << "text";
        const descriptor file(::open(f.path("file").c_str(), O_RDONLY | O_CLOEXEC));
        const auto watch = [&](int fd) {
            return number_of_error([&] { loop.add_reader(fd, [] {}); });
        };
        CHECK(watch(file.number()) == EPERM);
        CHECK(watch(-1) == EBADF);
        CHECK(watch(100'000) == EBADF);
        CHECK_FALSE(loop.remove_reader(100'000));
        co_return;
    });
}

namespace {

std::string refusal(auto fn) {
    try {
        fn();
    } catch (const nurt::usage_error& e) {
        return e.what();
    }
    return "none";
}

}  // namespace

// asyncio: _ensure_fd_no_transport
TEST_CASE("a descriptor of the loop's own stream is refused at once, until it is released") {
    in_reality([]() -> coro<> {
        event_loop& loop = event_loop::running();
        sockets s;
        const int own = s.left.number();
        nurt::stream stream = nurt::adopt_socket(s.left.release());
        const std::string reason = " " + std::to_string(own) +
                                   ": the descriptor belongs to a stream or socket of this loop";
        CHECK(refusal([&] { loop.add_reader(own, [] {}); }) == "add_reader" + reason);
        CHECK(refusal([&] { loop.add_writer(own, [] {}); }) == "add_writer" + reason);
        const auto received = co_await error_of<nurt::usage_error>(nurt::sock_recv(own, 1));
        CHECK(received.what() == "sock_recv" + reason);
        CHECK_FALSE(loop.remove_reader(own));
        REQUIRE(::write(s.right.number(), "text\n", 5) == 5);
        const std::string line = co_await stream.readline();
        CHECK(line == "text\n");
        const nurt::released_socket again = nurt::release_socket(std::move(stream));
        loop.add_reader(again.descriptor(), [] {});
        CHECK(loop.remove_reader(own));
    });
}

TEST_CASE("the number of a stream that was closed is free for a reader") {
    in_reality([]() -> coro<> {
        event_loop& loop = event_loop::running();
        sockets s;
        const int number = s.left.number();
        nurt::stream stream = nurt::adopt_socket(s.left.release());
        stream.abort();
        descriptor same(::fcntl(s.right.number(), F_DUPFD_CLOEXEC, number));
        while (same.number() != number) {  // io_uring closes it a turn later
            co_await sleep(milliseconds(1));
            same = descriptor(::fcntl(s.right.number(), F_DUPFD_CLOEXEC, number));
        }
        loop.add_reader(number, [] {});
        CHECK(loop.remove_reader(number));
    });
}

TEST_CASE("a reader whose descriptor was closed does not free the number of a stream") {
    in_reality([]() -> coro<> {
        event_loop& loop = event_loop::running();
        sockets s;
        const int number = s.left.number();
        loop.add_reader(number, [] {});
        s.left = descriptor();
        const int same = ::fcntl(s.right.number(), F_DUPFD_CLOEXEC, number);
        REQUIRE(same == number);
        const nurt::stream stream = nurt::adopt_socket(same);
        CHECK(loop.remove_reader(number));
        CHECK(refusal([&] { loop.add_reader(number, [] {}); }) != "none");
        co_return;
    });
}

TEST_CASE("readers that are left over end with their loop") {
    const sockets s;
    in_reality([&]() -> coro<void> {
        s.say("x");
        event_loop::running().add_reader(s.right.number(), [] {});
        event_loop::running().add_writer(s.right.number(), [] {});
        co_await sleep(milliseconds(1));
    });
    in_reality([&]() -> coro<void> {
        std::string heard;
        event_loop::running().add_reader(s.right.number(), [&] { heard += s.hear(); });
        co_await sleep(milliseconds(1));
        CHECK(heard == "x");
    });
}

TEST_CASE("a descriptor that was closed under its reader leaves its number to others") {
    in_reality([]() -> coro<void> {
        event_loop& loop = event_loop::running();
        sockets lost;
        const int number = lost.right.number();
        loop.add_reader(number, [&] { FAIL_CHECK("called for somebody else"); });
        co_await sleep(milliseconds(1));
        lost.right.close();
        auto [ours, theirs] = nurt::stream_pair();
        auto reading =
            create_task([](nurt::stream& from) { return from.readline(); }, std::ref(ours));
        co_await sleep(milliseconds(1));
        CHECK(loop.remove_reader(number));
        co_await theirs.write("still here\n");
        const std::string line = co_await nurt::wait_for(std::move(reading), nurt::seconds(5));
        CHECK(line == "still here\n");
    });
}

TEST_CASE("sock_recv and sock_sendall carry a long message") {
    in_reality([]() -> coro<void> {
        sockets s;
        const std::string sent(3'000'000, 's');
        auto sending = create_task(
            [](descriptor& to, const std::string& data) -> coro<void> {
                co_await nurt::sock_sendall(to.number(), data);
                to.close();
            },
            std::ref(s.left), std::cref(sent));
        std::string all;
        for (;;) {
            const std::string piece = co_await nurt::sock_recv(s.right.number(), 100'000);
            if (piece.empty()) {
                break;
            }
            all += piece;
        }
        CHECK(all == sent);
        co_await sending;
        auto broken = [](int to) -> coro<void> {
            co_await nurt::sock_sendall(to, "nobody reads this");
        };
        const auto e = co_await error_of<nurt::os_error>(broken(s.right.number()));
        CHECK(e.number() == EPIPE);
    });
}

TEST_CASE("sock_recvfrom and sock_sendto carry datagrams") {
    in_reality([]() -> coro<void> {
        const descriptor udp(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        auto server = nurt::open_datagram_socket(*nurt::socket_address::parse("127.0.0.1:0"));
        const std::size_t n =
            co_await nurt::sock_sendto(udp.number(), "question", server.local_address());
        CHECK(n == 8);
        const nurt::datagram question = co_await server.receive();
        auto answering = create_task(nurt::sock_recvfrom(udp.number(), 4));
        co_await sleep(milliseconds(1));
        co_await server.send_to("answer", question.sender);
        const nurt::datagram answer = co_await answering;
        CHECK(answer.data == "answ");
        CHECK(answer.truncated);
        CHECK(answer.from() == server.local_address());
    });
}

TEST_CASE("sock_connect and sock_accept meet") {
    in_reality([]() -> coro<void> {
        nurt::socket_address at;
        const descriptor listener = tcp_listener(at);
        auto accepting = create_task(nurt::sock_accept(listener.number()));
        co_await sleep(milliseconds(1));
        const descriptor client = tcp_socket();
        co_await nurt::sock_connect(client.number(), at);
        const nurt::accepted_socket served = co_await std::move(accepting);
        CHECK(nurt::socket_address::from(served.peer)->ip() == at.ip());
        co_await nurt::sock_sendall(client.number(), "hi");
        const std::string got = co_await nurt::sock_recv(served.socket.number(), 10);
        CHECK(got == "hi");
    });
}

TEST_CASE("sock_connect tells that nobody listens, and that a socket blocks") {
    in_reality([]() -> coro<void> {
        nurt::socket_address at;
        tcp_listener(at).close();
        const descriptor client = tcp_socket();
        const auto e = co_await error_of<nurt::os_error>(nurt::sock_connect(client.number(), at));
        CHECK(e.number() == ECONNREFUSED);
        const descriptor blocking(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const auto u =
            co_await error_of<nurt::usage_error>(nurt::sock_connect(blocking.number(), at));
        CHECK(std::string(u.what()).ends_with("has to be non-blocking"));
        const auto b = co_await error_of<nurt::os_error>(nurt::sock_accept(100'000));
        CHECK(b.number() == EBADF);
    });
}

TEST_CASE("P2: a sock_accept that is cancelled as a connection comes loses and leaks nothing") {
    // CPython: test_sock_lowlevel.BaseSockTestsMixin.test_cancel_sock_accept
    in_reality([]() -> coro<void> {
        nurt::socket_address at;
        const descriptor listener = tcp_listener(at);
        int accepted = 0;
        constexpr int count = 60;
        for (int i = 0; i < count; ++i) {
            auto accepting = create_task(nurt::sock_accept(listener.number()));
            co_await sleep(nurt::seconds(0));
            const descriptor client = tcp_socket();
            co_await nurt::sock_connect(client.number(), at);
            for (int turns = i % 4; turns > 0; --turns) {
                co_await sleep(nurt::seconds(0));
            }
            accepting.cancel();
            try {
                co_await accepting;
                ++accepted;
            } catch (const nurt::cancelled_error&) {
            }
        }
        while (accepted < count) {
            co_await nurt::wait_for(nurt::sock_accept(listener.number()), nurt::seconds(5));
            ++accepted;
        }
    });
}

TEST_CASE("one task waits for each direction of a socket") {
    in_reality([]() -> coro<void> {
        const sockets s;
        auto first = create_task(nurt::sock_recv(s.right.number(), 10));
        co_await sleep(milliseconds(1));
        const auto e = co_await error_of<nurt::usage_error>(nurt::sock_recv(s.right.number(), 10));
        CHECK(std::string(e.what()).find("somebody waits") != std::string::npos);
        CHECK_THROWS_AS(event_loop::running().add_reader(s.right.number(), [] {}),
                        const nurt::usage_error&);
        event_loop::running().add_writer(
            s.right.number(), [&] { event_loop::running().remove_writer(s.right.number()); });
        s.say("x");
        const std::string got = co_await first;
        CHECK(got == "x");
        co_await sleep(milliseconds(1));
    });
}

TEST_CASE("sock_sendfile sends a part of a file") {
    in_reality([]() -> coro<void> {
        const nurt_test::folder f;
        std::string text;
        for (int i = 0; i < 200'000; ++i) {
            text += std::to_string(i);
        }
        std::ofstream(f.path("file")) << text;
        const descriptor file(::open(f.path("file").c_str(), O_RDONLY | O_CLOEXEC));
        sockets s;
        auto sending = create_task(
            nurt::sock_sendfile(s.left.number(), file.number(), 100, text.size() - 200));
        std::string all;
        while (all.size() < text.size() - 200) {
            const std::string piece = co_await nurt::sock_recv(s.right.number(), 1000000);
            all += piece;
        }
        CHECK(all == text.substr(100, text.size() - 200));
        const std::uint64_t sent = co_await sending;
        CHECK(sent == text.size() - 200);
    });
}
