// SPDX-License-Identifier: MIT
// Unix sockets that carry streams.
#include "nurt/net/unix.hpp"
#include "nurt/base/cancelled.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/real/folder.hpp"
#include "tests/real/reality.hpp"
#include "tests/support/child.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using nurt::coro;
using nurt::create_task;
using nurt::open_unix_connection;
using nurt::start_unix_server;
using nurt::stream;
using nurt::unix_address;
using nurt_test::error_of;
using nurt_test::folder;
using nurt_test::in_reality;

namespace {

coro<void> echo(stream s) {
    char buffer[4096];
    for (;;) {
        const std::size_t n = co_await s.read_some(buffer);
        if (n == 0) {
            co_return;
        }
        co_await s.write(std::string_view(buffer, n));
    }
}

coro<void> check_echo(std::string name) {
    stream s = co_await open_unix_connection(name);
    co_await s.write("hello\n");
    const std::string answer = co_await s.readline();
    CHECK(answer == "hello\n");
}

// The ends of a pipe.
struct pipe_ends {
    pipe_ends() {
        int made[2];
        REQUIRE(::pipe2(made, O_CLOEXEC) == 0);
        read = nurt::io::descriptor(made[0]);
        write = nurt::io::descriptor(made[1]);
    }
    nurt::io::descriptor read;
    nurt::io::descriptor write;
};

}  // namespace

TEST_CASE("a server on a path echoes, and its file goes with it") {
    in_reality([]() -> coro<void> {
        const folder f;
        auto server = co_await start_unix_server(echo, f.path("s"));
        CHECK(f.has("s"));
        CHECK(unix_address::from(server.endpoints().at(0)) == unix_address(f.path("s")));
        CHECK(server.sockets().size() == 1);
        co_await check_echo(f.path("s"));
        server.close();
        CHECK_FALSE(f.has("s"));
        const auto e = co_await error_of<nurt::os_error>(open_unix_connection(f.path("s")));
        CHECK(e.number() == ENOENT);
        CHECK(e.what() == "connect " + f.path("s") + ": No such file or directory");
        co_await server.wait_closed();
    });
}

TEST_CASE("a server on an abstract name needs no file") {
    in_reality([]() -> coro<void> {
        const std::string name = "@nurt-test-stream-" + std::to_string(::getpid());
        auto server = co_await start_unix_server(echo, name);
        co_await check_echo(name);
        server.close();
        co_await nurt::sleep(nurt::milliseconds(1));  // closing never blocks
        const auto e = co_await error_of<nurt::os_error>(open_unix_connection(name));
        CHECK(e.number() == ECONNREFUSED);
    });
}

TEST_CASE("the socket that a dead server has left is replaced, another file is not") {
    in_reality([]() -> coro<void> {
        const folder f;
        auto dead = co_await start_unix_server(echo, f.path("s"), {.cleanup_socket = false});
        dead.close();
        CHECK(f.has("s"));
        auto server = co_await start_unix_server(echo, f.path("s"));
        co_await check_echo(f.path("s"));
        std::ofstream(f.path("text")) << "precious";
        const auto e = co_await error_of<nurt::os_error>(start_unix_server(echo, f.path("text")));
        CHECK(e.number() == EADDRINUSE);
        CHECK(std::filesystem::file_size(f.path("text")) == 8);
    });
}

TEST_CASE("a child that was forked leaves the socket file to its parent") {
    in_reality([]() -> coro<void> {
        const folder f;
        auto server = co_await start_unix_server(echo, f.path("s"));
        const int ended = nurt_test::in_child([&server] {
            server.close();
            return 0;
        });
        REQUIRE(ended == 0);
        CHECK(f.has("s"));
        co_await check_echo(f.path("s"));
    });
}

TEST_CASE("the file of a socket has the mode that was asked for") {
    in_reality([]() -> coro<void> {
        const folder f;
        for (const unsigned mode : {0600U, 0666U, 0777U}) {
            nurt::unix_listen_options options;
            options.mode = mode;
            const nurt::listener l = nurt::listen_unix(f.path("s"), options);
            struct stat found{};
            REQUIRE(::stat(f.path("s").c_str(), &found) == 0);
            CHECK((found.st_mode & 0777U) == mode);
        }
        co_return;
    });
}

TEST_CASE("a path that is too long says so") {
    in_reality([]() -> coro<void> {
        const std::string path = "/tmp/" + std::string(200, 'x');
        const auto e = co_await error_of<nurt::os_error>(open_unix_connection(path));
        CHECK(e.number() == ENAMETOOLONG);
        const auto s = co_await error_of<nurt::os_error>(start_unix_server(echo, path));
        CHECK(s.number() == ENAMETOOLONG);
        const auto none = co_await error_of<nurt::os_error>(open_unix_connection(""));
        CHECK(none.what() == std::string("connect '': Invalid argument"));
    });
}

TEST_CASE("connecting waits while the server's queue is full, as long as it is told to") {
    in_reality([]() -> coro<void> {
        const folder f;
        nurt::listener l = nurt::listen_unix(f.path("s"), {.backlog = 1});
        std::vector<stream> waiting;
        bool full = false;
        while (!full) {  // io_uring takes connections out before anybody accepts them
            try {
                auto s = co_await open_unix_connection(f.path("s"), nurt::milliseconds(20));
                waiting.push_back(std::move(s));
                full = waiting.size() > 100;
            } catch (const nurt::timeout_error&) {
                full = true;
            }
        }
        auto late = create_task(open_unix_connection(f.path("s")));
        co_await nurt::sleep(nurt::milliseconds(5));
        for (std::size_t i = 0; i <= waiting.size(); ++i) {
            co_await l.accept();
        }
        const stream s = co_await std::move(late);
        CHECK_FALSE(s.is_closed());
    });
}

TEST_CASE("the credentials of the peer are those of its process") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::stream_pair();
        const auto who = nurt::credentials_of(left);
        CHECK(who.pid == ::getpid());
        CHECK(who.uid == ::getuid());
        CHECK(who.gid == ::getgid());
        auto tcp = co_await nurt::start_server(echo, "127.0.0.1", 0);
        stream other = co_await nurt::open_connection("127.0.0.1", tcp.port());
        CHECK_THROWS_AS(nurt::credentials_of(other), const nurt::os_error&);
        left.close();
        CHECK_THROWS_AS(nurt::credentials_of(left), const nurt::usage_error&);
    });
}

TEST_CASE("a descriptor that was sent is another one for the same thing") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::stream_pair();
        pipe_ends p;
        const std::array<int, 2> both{p.read.number(), p.write.number()};
        co_await nurt::send_descriptors(left, both, "two ends");
        p.read.close();
        p.write.close();
        char memory[100];
        auto got = co_await nurt::receive_descriptors(right, memory);
        CHECK(std::string(memory, got.size) == "two ends");
        REQUIRE(got.descriptors.size() == 2);
        CHECK_FALSE(got.truncated);
        CHECK((::fcntl(got.descriptors[0].number(), F_GETFD) & FD_CLOEXEC) != 0);
        REQUIRE(::write(got.descriptors[1].number(), "x", 1) == 1);
        char one = 0;
        REQUIRE(::read(got.descriptors[0].number(), &one, 1) == 1);
        CHECK(one == 'x');
    });
}

TEST_CASE("descriptors that come after an ordinary read are not eaten by it") {
    in_reality([]() -> coro<void> {
        const folder f;
        nurt::listener l = nurt::listen_unix(f.path("s"));
        stream client = co_await open_unix_connection(f.path("s"));
        stream served = co_await l.accept();
        for (int i = 0; i < 20; ++i) {
            stream& from = i % 2 == 0 ? client : served;
            stream& to = i % 2 == 0 ? served : client;
            co_await from.write("header\n");
            char memory[7];
            const std::size_t n = co_await to.read_some(memory);
            CHECK(n == 7);
            pipe_ends p;
            const std::array<int, 1> sent{p.write.number()};
            co_await nurt::send_descriptors(from, sent, "body");
            co_await nurt::sleep(nurt::milliseconds(1));
            auto got = co_await nurt::receive_descriptors(to, memory);
            CHECK(got.size == 4);
            CHECK(got.descriptors.size() == 1);
        }
    });
}

TEST_CASE("receiving descriptors waits, and cancelled it takes none") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::stream_pair();
        static char memory[10];
        auto receive = [](stream& from) -> coro<std::size_t> {
            auto got = co_await nurt::receive_descriptors(from, memory);
            co_return got.descriptors.size();
        };
        auto first = create_task(receive, std::ref(right));
        co_await nurt::sleep(nurt::milliseconds(1));
        first.cancel();
        co_await nurt::sleep(nurt::milliseconds(1));
        CHECK(first.cancelled());
        auto second = create_task(receive, std::ref(right));
        co_await nurt::sleep(nurt::milliseconds(1));
        pipe_ends p;
        const std::array<int, 1> sent{p.write.number()};
        co_await nurt::send_descriptors(left, sent, "x");
        const std::size_t n = co_await second;
        CHECK(n == 1);
        left.close();
        const std::size_t end = co_await receive(right);
        CHECK(end == 0);
        CHECK(right.at_eof());
    });
}

TEST_CASE("more descriptors than asked for are told, and none of them leaks") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::stream_pair();
        pipe_ends p;
        for (const std::size_t room : {0U, 1U, 2U, 5U}) {
            const std::vector<int> sent(6, p.write.number());
            co_await nurt::send_descriptors(left, sent, "six");
            const int before = ::dup(0);
            ::close(before);
            char memory[10];
            auto got = co_await nurt::receive_descriptors(right, memory, room);
            CHECK(got.size == 3);
            CHECK(got.truncated);
            CHECK(got.descriptors.empty());
            const int after = ::dup(0);
            ::close(after);
            CHECK(after == before);
        }
        const std::vector<int> too_many(254, p.write.number());
        const auto e =
            co_await error_of<nurt::usage_error>(nurt::send_descriptors(left, too_many, "x"));
        CHECK(std::string(e.what()).find("253") != std::string::npos);
        const std::vector<int> most(253, p.write.number());
        co_await nurt::send_descriptors(left, most, "x");
        char memory[1];
        auto got = co_await nurt::receive_descriptors(right, memory, SIZE_MAX);
        CHECK(got.descriptors.size() == 253);
    });
}

TEST_CASE("descriptors with a long message wait for room and arrive with its beginning") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::stream_pair();
        pipe_ends p;
        auto sending = create_task(
            [](stream& to, int descriptor) -> coro<void> {
                const std::array<int, 1> sent{descriptor};
                const std::string data(2'000'000, 'd');
                co_await nurt::send_descriptors(to, sent, data);
                to.close();
            },
            std::ref(left), p.write.number());
        std::string memory(65536, '\0');
        auto first = co_await nurt::receive_descriptors(right, memory);
        CHECK(first.descriptors.size() == 1);
        const std::string rest = co_await right.read_all();
        CHECK(first.size + rest.size() == 2'000'000);
        co_await sending;
    });
}

TEST_CASE("question and answer go over Unix sockets in one await") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::stream_pair();
        auto serving = create_task(echo, std::move(right));
        char answer[100];
        for (int i = 0; i < 100; ++i) {
            const std::string question = std::to_string(i);
            const std::size_t n = co_await left.exchange(question, answer);
            CHECK(std::string(answer, n) == question);
        }
        left.close();
        co_await serving;
    });
}

namespace {

int open_descriptors() {
    int n = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
        ++n;
    }
    return n;
}

}  // namespace

TEST_CASE("a Unix datagram brings descriptors, its sender and the sender's credentials") {
    in_reality([]() -> coro<void> {
        const folder f;
        auto server = nurt::open_datagram_socket(unix_address(f.path("s")), {.credentials = true});
        auto client =
            nurt::connect_datagram_socket(unix_address(f.path("s")), unix_address(f.path("c")));
        pipe_ends p;
        const std::array<int, 2> both{p.read.number(), p.write.number()};
        co_await nurt::send_descriptors(client, both, "two ends");
        p.write.close();
        char memory[4];
        auto got = co_await nurt::receive_descriptors(server, memory);
        CHECK(std::string_view(memory, got.size) == "two ");
        CHECK(got.truncated);
        CHECK(unix_address::from(got.sender) == unix_address(f.path("c")));
        REQUIRE(got.descriptors.size() == 2);
        REQUIRE(::write(got.descriptors[1].number(), "x", 1) == 1);
        char byte = 0;
        CHECK(::read(p.read.number(), &byte, 1) == 1);
        CHECK(::fcntl(got.descriptors[0].number(), F_GETFD) == FD_CLOEXEC);
        REQUIRE(got.credentials.has_value());
        CHECK(got.credentials->pid == ::getpid());
        CHECK(got.credentials->uid == ::geteuid());
        co_await server.send_to("answer", got.sender);
        const nurt::datagram answer = co_await client.receive();
        CHECK(answer.data == "answer");
    });
}

TEST_CASE("a Unix datagram may be empty and still bring descriptors, also to an address") {
    in_reality([]() -> coro<void> {
        const folder f;
        auto server = nurt::open_datagram_socket(unix_address(f.path("s")));
        auto client = nurt::open_datagram_socket(unix_address());
        pipe_ends p;
        const std::array<int, 1> one{p.read.number()};
        co_await nurt::send_descriptors(client, one, "", unix_address(f.path("s")));
        char memory[16];
        auto got = co_await nurt::receive_descriptors(server, memory);
        CHECK(got.size == 0);
        CHECK(got.descriptors.size() == 1);
        CHECK_FALSE(got.credentials.has_value());
        const auto nowhere = co_await error_of<nurt::os_error>(
            nurt::send_descriptors(client, one, "x", unix_address(f.path("no"))));
        CHECK(nowhere.what() == "send to " + f.path("no") + ": No such file or directory");
    });
}

TEST_CASE("more descriptors than asked for with a datagram are told, and none of them leaks") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::datagram_pair({.credentials = true});
        pipe_ends p;
        const std::vector<int> many(20, p.read.number());
        const int before = open_descriptors();
        for (const std::size_t most : {0U, 1U, 19U}) {
            co_await nurt::send_descriptors(left, many, "x");
            char memory[16];
            const auto got = co_await nurt::receive_descriptors(right, memory, most);
            CHECK(got.size == 1);
            CHECK(got.descriptors_truncated);
            CHECK(got.descriptors.empty());
            CHECK(open_descriptors() == before);
        }
        co_await nurt::send_descriptors(left, many, "x");
        char memory[16];
        co_await right.receive(memory);
        CHECK(open_descriptors() == before);
    });
}

TEST_CASE("receiving descriptors with datagrams waits in line, and cancelled it takes none") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::datagram_pair();
        char first[16];
        char second[16];
        auto cancelled = create_task(nurt::receive_descriptors(right, first));
        auto waits = create_task(nurt::receive_descriptors(right, second));
        co_await nurt::sleep(nurt::milliseconds(5));
        cancelled.cancel();
        pipe_ends p;
        const std::array<int, 1> one{p.read.number()};
        const int before = open_descriptors();
        co_await nurt::send_descriptors(left, one, "x");
        {
            const auto got = co_await std::move(waits);
            CHECK(got.descriptors.size() == 1);
        }
        CHECK(cancelled.cancelled());
        CHECK(open_descriptors() == before);
    });
}

TEST_CASE("sending descriptors waits while the peer's queue is full") {
    in_reality([]() -> coro<void> {
        auto [left, right] = nurt::datagram_pair();
        pipe_ends p;
        const std::array<int, 1> one{p.read.number()};
        int sent = 0;
        auto sending = create_task(
            [](nurt::datagram_socket& to, std::array<int, 1> what, int& count) -> coro<void> {
                for (; count < 1000; ++count) {
                    co_await nurt::send_descriptors(to, what, "x");
                }
            },
            std::ref(left), one, std::ref(sent));
        co_await nurt::sleep(nurt::milliseconds(5));
        const int at_first = sent;
        CHECK(at_first < 1000);
        for (int i = 0; i < 1000; ++i) {
            char memory[16];
            const auto got = co_await nurt::receive_descriptors(right, memory);
            CHECK(got.descriptors.size() == 1);
        }
        co_await sending;
        CHECK(sent == 1000);
    });
}

TEST_CASE("sockets that would drop descriptors refuse them") {
    in_reality([]() -> coro<void> {
        pipe_ends p;
        const std::array<int, 1> one{p.read.number()};
        auto udp = nurt::open_datagram_socket(*nurt::socket_address::parse("127.0.0.1:0"));
        const auto datagrams =
            co_await error_of<nurt::usage_error>(nurt::send_descriptors(udp, one, "x"));
        CHECK(datagrams.what() == std::string("only Unix sockets carry descriptors"));
        nurt_test::connection tcp = co_await nurt_test::connected();
        const auto bytes =
            co_await error_of<nurt::usage_error>(nurt::send_descriptors(tcp.near, one, "x"));
        CHECK(bytes.what() == std::string("only Unix sockets carry descriptors"));
        auto [left, right] = nurt::datagram_pair();
        const std::vector<int> many(254, p.read.number());
        co_await error_of<nurt::usage_error>(nurt::send_descriptors(left, many, "x"));
        left.close();
        co_await error_of<nurt::usage_error>(nurt::send_descriptors(left, one, "x"));
    });
}
