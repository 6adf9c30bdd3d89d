// SPDX-License-Identifier: MIT
// tests/soak/servers.cpp: servers that do as they are told, and are closed without notice.
#include "tests/soak/soak.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "nurt/core/move_on_after.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/net/sendfile.hpp"
#include "nurt/net/server.hpp"

namespace nurt_soak {

namespace {

using nurt::stream;

coro<> echo(world& w, stream& s, bool slowly) {
    std::string memory(16 * 1024, '\0');
    for (;;) {
        const std::size_t n = co_await s.read_some(std::span<char>(memory));
        if (n == 0) {
            co_return;
        }
        if (slowly) {
            co_await nurt::sleep(w.up_to_ms(3));
        }
        co_await s.write(std::string_view(memory.data(), n));
    }
}

// Sends so much, and says that it was all.
coro<> source(stream& s, std::size_t n) {
    const std::string text = patterned(0, n);
    co_await s.write(text);
    s.shutdown_write();
    const std::string rest = co_await s.read_all();
}

coro<> sink(stream& s) {
    const std::string all = co_await s.read_all();
    const std::string answer =
        std::to_string(is_patterned(all, 0) ? all.size() : std::size_t{0}) + "\n";
    co_await s.write(answer);
}

coro<> send_and_reset(stream& s, std::size_t n) {
    const std::string text = patterned(0, n);
    co_await s.write(text);
    s.abort();
}

// Takes the socket out of the loop's hands and gives it back, with what had been received.
coro<> hand_over(world& w, stream s) {
    auto released = nurt::release_socket(std::move(s));
    co_await nurt::sleep(w.up_to_ms(2));
    stream again = nurt::adopt_socket(std::move(released));
    co_await echo(w, again, false);
}

coro<> obey(world& w, stream s) {
    const std::string name = greeting();
    co_await s.write(name);
    const std::string line = co_await s.readline();
    if (line.size() < 3) {
        co_return;  // somebody came and went
    }
    std::size_t n = 0;
    std::from_chars(line.data() + 2, line.data() + line.size(), n);
    switch (line.front()) {
        case 'e': co_await echo(w, s, false); break;
        case 'l': co_await echo(w, s, true); break;
        case 's': co_await source(s, n); break;
        case 'k': co_await sink(s); break;
        case 'r': co_await send_and_reset(s, n); break;
        case 'h': co_await hand_over(w, std::move(s)); break;
        case 'm': co_await s.read_all(); break;  // and says nothing
        case 'f': co_await nurt::sendfile(s, w.file, 0, n); break;
        default: w.did("TCP: told rubbish");  // by an enemy of TLS
    }
}

// One life of a server.
coro<> serve_for_a_while(world& w, std::size_t place) {
    auto handler = [&w](stream s) { return obey(w, std::move(s)); };
    nurt::listen_options options;
    options.backlog = w.one_in(2) ? 511 : 4;
    options.connections = w.one_in(3) ? 5 : 1000;
    std::optional<nurt::server> server;
    server.emplace(co_await nurt::start_server(handler, "127.0.0.1", 0, options));
    w.ports[place] = server->port();
    co_await nurt::sleep(w.up_to_ms(400));
    w.did("TCP: server closed");
    if (w.one_in(4)) {
        co_return;  // and everything that it has with it
    }
    server->close();
    if (w.one_in(3)) {
        co_await nurt::sleep(w.up_to_ms(20));
    }
    if (w.one_in(2)) {
        server->close_clients();
    } else {
        server->abort_clients();
    }
    co_await server->wait_closed();
}

coro<> house(world& w, std::size_t place) {
    while (!w.over()) {
        bool failed = false;
        try {
            co_await serve_for_a_while(w, place);
        } catch (const nurt::os_error&) {
            failed = true;  // there was no descriptor
        }
        if (failed) {
            w.did("TCP: server not started");
            co_await nurt::sleep(w.up_to_ms(20));
        }
    }
}

// While it lives, only so many more descriptors can be opened.
class few_descriptors {
public:
    few_descriptors(world& w, rlim_t count) : world_(w) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(lowest_free) + count;
        ::setrlimit(RLIMIT_NOFILE, &now);
        ++world_.poverties;
    }
    few_descriptors(const few_descriptors&) = delete;
    few_descriptors& operator=(const few_descriptors&) = delete;
    ~few_descriptors() {
        ::setrlimit(RLIMIT_NOFILE, &before_);
        ++world_.poverties;
        world_.did("TCP: without descriptors");
    }

private:
    world& world_;
    rlimit before_{};
};

coro<> poverty(world& w) {
    while (!w.over()) {
        co_await nurt::sleep(w.up_to_ms(3000));
        const few_descriptors now(w, w.below(4));
        co_await nurt::sleep(w.up_to_ms(60));
    }
}

}  // namespace

coro<> servers(world& w, nurt::task_group& group) {
    for (std::size_t place = 0; place < std::size(w.ports); ++place) {
        group.create_task(house(w, place), "house").detach();
    }
    group.create_task(poverty(w), "poverty").detach();
    co_return;
}

}  // namespace nurt_soak
