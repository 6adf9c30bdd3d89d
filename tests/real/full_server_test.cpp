// SPDX-License-Identifier: MIT
// A server in a process that has no free descriptor.
#include "nurt/core/sleep.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/instrument.hpp"
#include "nurt/net/server.hpp"
#include "tests/support/in_loop.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::stream;

namespace {

// No descriptor can be opened while it lives.
class no_descriptors {
public:
    no_descriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(lowest_free);
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    no_descriptors(const no_descriptors&) = delete;
    no_descriptors& operator=(const no_descriptors&) = delete;
    ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

class wait_counter final : public nurt::instrument {
public:
    void io_wait_begins(nurt::instant) override { ++waits; }
    int waits = 0;
};

coro<void> echo_line(stream s) {
    const std::string line = co_await s.readline();
    co_await s.write(line);
}

void knock(int client, std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    REQUIRE(::send(client, "hello\n", 6, 0) == 6);
}

}  // namespace

TEST_CASE("a server without free descriptors neither spins nor fails, and serves all later") {
    nurt_test::in_loop(nurt::services(), []() -> coro<void> {
        auto server = co_await nurt::start_server(echo_line, "127.0.0.1", 0);
        std::vector<int> clients(5);
        std::generate(clients.begin(), clients.end(),
                      [] { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); });
        auto counter = std::make_shared<wait_counter>();
        nurt::event_loop::running().add_instrument(*counter);
        {
            const no_descriptors full;
            for (const int client : clients) {
                knock(client, server.port());
            }
            co_await nurt::sleep(nurt::milliseconds(250));
            CHECK(server.connections() == 0);
        }
        CHECK(counter->waits < 40);  // a busy loop makes thousands
        nurt::event_loop::running().remove_instrument(*counter);
        for (const int client : clients) {
            stream s = nurt::adopt_socket(client);
            const std::string line = co_await s.readline();
            CHECK(line == "hello\n");
        }
        CHECK(server.is_serving());
    });
}
