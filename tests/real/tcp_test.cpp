// SPDX-License-Identifier: MIT
// The network of the machine, on the loopback interface.
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/net/server.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::open_connection;
using nurt::start_server;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

coro<void> echo(stream s) {
    char buffer[16 * 1024];
    for (;;) {
        const std::size_t n = co_await s.read_some(buffer);
        if (n == 0) {
            co_return;
        }
        co_await s.write(std::string_view(buffer, n));
    }
}

}  // namespace

TEST_CASE("fifty clients talk to a server at once") {
    in_reality([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 0);
        auto client = [](std::uint16_t port, int number) -> coro<void> {
            stream s = co_await open_connection("127.0.0.1", port);
            for (int i = 0; i < 20; ++i) {
                const std::string line = std::to_string(number) + ':' + std::to_string(i) + '\n';
                co_await s.write(line);
                const std::string answer = co_await s.readline();
                CHECK(answer == line);
            }
        };
        std::vector<nurt::task<void>> clients;
        for (int i = 0; i < 50; ++i) {
            clients.push_back(nurt::create_task(client, server.port(), i));
        }
        for (auto& each : clients) {
            co_await each;
        }
    });
}

TEST_CASE("ten megabytes come back whole while both sides write") {
    in_reality([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", server.port());
        std::string sent(10'000'000, '\0');
        for (std::size_t i = 0; i < sent.size(); ++i) {
            sent[i] = static_cast<char>(i * 2654435761U >> 13);
        }
        auto writing = nurt::create_task(
            [](stream& to, const std::string& bytes) -> coro<void> {
                co_await to.write(bytes);
                to.shutdown_write();
            },
            std::ref(s), std::cref(sent));
        const std::string received = co_await s.read_all();
        CHECK(received == sent);
        co_await writing;
    });
}

TEST_CASE("S165: what was written before close arrives") {
    in_reality([]() -> coro<void> {
        auto talk = [](stream s) -> coro<void> { co_await s.write(std::string(100'000, 'x')); };
        auto server = co_await start_server(talk, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", server.port());
        co_await s.write("never read by the server");
        const std::string all = co_await s.read_all();
        CHECK(all.size() == 100'000);
    });
}

TEST_CASE("a refused connection and a port in use say what was tried") {
    in_reality([]() -> coro<void> {
        auto listener = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
        const std::string where = listener.address().to_string();
        const auto in_use =
            co_await error_of<nurt::os_error>(nurt::listen("127.0.0.1", listener.port()));
        CHECK(std::string(in_use.what()) == "listen " + where + ": Address already in use");
        const auto port = listener.port();
        listener.close();
        const auto refused = co_await error_of<nurt::os_error>(open_connection("127.0.0.1", port));
        CHECK(std::string(refused.what()) == "connect " + where + ": Connection refused");
    });
}

TEST_CASE("a read that times out loses nothing") {
    in_reality([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", server.port());
        auto bounded = [](stream& from) -> coro<void> {
            co_await nurt::wait_for(from.readline(), nurt::milliseconds(10));
        };
        co_await s.write("half ");
        co_await error_of<nurt::timeout_error>(bounded(s));
        co_await s.write("and half\n");
        const std::string line = co_await s.readline();
        CHECK(line == "half and half\n");
    });
}

TEST_CASE("closing a server with clients that stay connected does not hang") {
    in_reality([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 0);
        std::vector<stream> idle;
        for (int i = 0; i < 10; ++i) {
            idle.push_back(co_await open_connection("127.0.0.1", server.port()));
        }
        auto serving = nurt::create_task(server.serve_forever());
        co_await nurt::sleep(nurt::milliseconds(5));
        CHECK(server.connections() == 10);
        serving.cancel();
        co_await nurt::sleep(nurt::milliseconds(5));
        CHECK(serving.cancelled());
        CHECK(server.connections() == 0);
    });
}

TEST_CASE("a socket that another library has made becomes a stream, and can be taken back") {
    in_reality([]() -> coro<void> {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        stream near = nurt::adopt_socket(ends[0]);
        stream far = nurt::adopt_socket(ends[1]);
        CHECK(near.peer_name() == "a local socket");
        co_await near.write("one\ntwo\n");
        const std::string line = co_await far.readline();
        CHECK(line == "one\n");
        auto released = nurt::release_socket(std::move(far));
        CHECK(released.unread() == "two\n");
        REQUIRE(::send(released.descriptor(), "back\n", 5, 0) == 5);
        const std::string answer = co_await near.readline();
        CHECK(answer == "back\n");
        released.close();
        const std::string rest = co_await near.read_all();
        CHECK(rest.empty());
    });
}

namespace {

int option_of(int descriptor, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(descriptor, level, name, &value, &size);
    return value;
}

}  // namespace

TEST_CASE("options of connections reach the kernel, at both ends") {
    in_reality([]() -> coro<void> {
        const auto any_port = *nurt::socket_address::parse("127.0.0.1:0");
        auto listener = nurt::listen(any_port, {.no_delay = false, .keep_alive = true});
        const auto from = nurt::socket_address::parse("127.0.0.3:0");
        stream near = co_await nurt::connect("127.0.0.1", listener.port(),
                                             {.keep_alive = true, .local_address = from});
        stream far = co_await listener.accept();
        CHECK(far.peer_name().starts_with("127.0.0.3:"));
        const auto client = nurt::release_socket(std::move(near));
        const auto served = nurt::release_socket(std::move(far));
        CHECK(option_of(client.descriptor(), IPPROTO_TCP, TCP_NODELAY) == 1);
        CHECK(option_of(client.descriptor(), SOL_SOCKET, SO_KEEPALIVE) == 1);
        CHECK(option_of(served.descriptor(), IPPROTO_TCP, TCP_NODELAY) == 0);
        CHECK(option_of(served.descriptor(), SOL_SOCKET, SO_KEEPALIVE) == 1);
    });
}
