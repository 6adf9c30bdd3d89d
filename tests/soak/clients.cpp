// SPDX-License-Identifier: MIT
// tests/soak/clients.cpp: clients that talk, are silent, change their minds, are cancelled and go.
#include "tests/soak/soak.hpp"

#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/net/server.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/errors.hpp"
#include "nurt/threads/to_thread.hpp"

namespace nurt_soak {

namespace {

using nurt::stream;

coro<stream> connect_somewhere(world& w) {
    const std::uint16_t port = w.ports[w.below(std::size(w.ports))];
    nurt::connect_options options;
    options.attempt_delay = nurt::milliseconds(10);
    std::string host = "127.0.0.1";
    if (w.one_in(4)) {
        host = "localhost";  // two addresses, one of which refuses
    }
    co_return co_await nurt::connect(host, port, options);
}

// Says something, hears it again, and checks what it hears.
coro<> converse(world& w, stream& s, const char* how) {
    co_await s.write(how);
    std::uint64_t place = 0;
    const std::size_t rounds = 1 + w.below(8);
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::string said = patterned(place, 1 + w.below(w.one_in(5) ? 20'000 : 300));
        co_await s.write(said);
        const std::string heard = co_await s.readexactly(said.size());
        if (heard != said) {
            w.wrong("an echo is not what was said");
        }
        place += said.size();
        w.did("TCP: echo");
    }
    if (w.one_in(2)) {
        s.shutdown_write();
        const std::string rest = co_await s.read_all();
        if (!rest.empty()) {
            w.wrong("an echo of nothing");
        }
    }
}

// Hears what is to come, or the beginning of it.
coro<> listen_to(world& w, stream& s, char what, std::size_t n) {
    const std::string order = std::string(1, what) + ' ' + std::to_string(n) + '\n';
    co_await s.write(order);
    std::string memory(1 + w.below(20'000), '\0');
    std::uint64_t place = 0;
    for (;;) {
        const std::size_t got = co_await s.read_some(std::span<char>(memory));
        if (got == 0) {
            break;
        }
        if (!is_patterned(std::string_view(memory.data(), got), place)) {
            w.wrong("bytes were lost or changed");
        }
        place += got;
        if (w.one_in(50)) {
            co_await nurt::sleep(w.up_to_ms(2));
        }
    }
    if (place > n) {
        w.wrong("more bytes than were sent");
    }
    w.did(place == n ? "TCP: heard all" : "TCP: heard a part");
}

coro<> tell(world& w, stream& s) {
    const std::size_t n = w.below(300'000);
    const std::string text = patterned(0, n);
    co_await s.write("k 0\n");
    co_await s.write(text);
    s.shutdown_write();
    const std::string answer = co_await s.readline();
    if (!answer.empty() && answer != std::to_string(n) + "\n") {
        w.wrong("told " + std::to_string(n) + " bytes, heard were " + answer);
    }
    w.did("TCP: told");
}

coro<> say_nothing(world& w, stream& s) {
    co_await s.write("m 0\n");
    char byte[1];
    co_await nurt::move_on_after(w.up_to_ms(300), [&]() -> coro<> { co_await s.read_some(byte); });
}

coro<> visit(world& w) {
    stream s = co_await connect_somewhere(w);
    const std::string name = co_await s.readline();
    if (name != greeting()) {
        w.did("TCP: somebody else's port");
        co_return;
    }
    switch (w.below(9)) {
        case 0: co_await converse(w, s, "e 0\n"); break;
        case 1: co_await converse(w, s, "l 0\n"); break;
        case 2: co_await converse(w, s, "h 0\n"); break;
        case 3: co_await listen_to(w, s, 's', w.below(400'000)); break;
        case 4: co_await listen_to(w, s, 'f', w.below(file_size)); break;
        case 5: co_await listen_to(w, s, 'r', w.below(100'000)); break;
        case 6: co_await tell(w, s); break;
        case 7: co_await say_nothing(w, s); break;
        default: co_await nurt::sleep(w.up_to_ms(5));  // comes, and goes
    }
    if (w.one_in(3)) {
        s.abort();
    }
}

// A visit that may be cut short, in one of the ways that there are.
coro<> bounded_visit(world& w) {
    switch (w.below(4)) {
        case 0: co_await nurt::wait_for(visit(w), w.up_to_ms(12)); break;
        case 1: {
            auto going = nurt::create_task(visit(w), "visit");
            co_await nurt::sleep(w.up_to_ms(10));
            going.cancel();
            co_await nurt::move_on_after(nurt::seconds(20), [&]() -> coro<> { co_await going; });
            break;
        }
        default: co_await nurt::wait_for(visit(w), nurt::seconds(20));
    }
}

// How a visit ended; nothing for what may not happen.
std::string_view ending_of(world& w, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const nurt::os_error& e) {
        if (e.what() == e.code().message()) {
            w.wrong("an error without a word of what was tried");
        }
        return "error of the network";
    } catch (const nurt::timeout_error&) {
        return "timeout";
    } catch (const nurt::incomplete_read_error&) {
        return "cut short";
    } catch (const nurt::cancelled_error&) {
        return "cancelled";
    } catch (const std::exception& e) {
        w.wrong(e.what());
    }
    return "wrong";
}

coro<> rover(world& w) {
    while (!w.over()) {
        auto going = nurt::create_task(bounded_visit(w), "bounded visit");
        std::exception_ptr error;
        try {
            co_await going;
        } catch (const nurt::cancelled_error&) {
            if (!going.done()) {
                throw;
            }
            error = std::current_exception();
        } catch (const std::exception&) {
            error = std::current_exception();
        }
        w.did("TCP: " + std::string(error ? ending_of(w, error) : "visit"));
    }
}

// Many connect at once to a server that may be closing.
coro<> storms(world& w) {
    while (!w.over()) {
        co_await nurt::sleep(w.up_to_ms(500));
        auto knock = [](world& at) -> coro<> {
            try {
                stream s = co_await connect_somewhere(at);
                if (at.one_in(2)) {
                    s.abort();
                }
            } catch (const nurt::os_error&) {
                at.did("TCP: storm refused");
            }
        };
        std::vector<nurt::task<>> all;
        for (int i = 0; i < 20; ++i) {
            all.push_back(nurt::create_task(knock, std::ref(w)));
        }
        for (auto& each : all) {
            co_await each;
        }
        w.did("TCP: storm");
    }
}

// Its server is never closed and it is never cancelled: everything has to succeed.
coro<> steady(world& w, std::uint16_t port) {
    while (!w.over()) {
        std::optional<stream> s;
        try {
            s.emplace(co_await nurt::connect("127.0.0.1", port));
        } catch (const nurt::os_error& e) {
            if (e.number() != EMFILE && e.number() != EADDRNOTAVAIL) {
                throw;
            }
        }
        if (!s) {
            co_await nurt::sleep(nurt::milliseconds(5));
            continue;
        }
        for (int i = 0; i < 20; ++i) {
            const std::string said = patterned(w.below(1000), 1 + w.below(50'000));
            auto writing = nurt::create_task(
                [](stream& to, const std::string& text) -> coro<> { co_await to.write(text); },
                std::ref(*s), std::cref(said));
            const std::string heard = co_await s->readexactly(said.size());
            co_await writing;
            if (heard != said) {
                w.wrong("a steady echo is not what was said");
            }
            w.did("TCP: steady echo");
        }
    }
}

coro<> steady_pair(world& w) {
    auto echo = [](stream s) -> coro<> {
        std::string memory(8192, '\0');
        for (std::size_t n = 1; n != 0;) {
            n = co_await s.read_some(std::span<char>(memory));
            co_await s.write(std::string_view(memory.data(), n));
        }
    };
    auto server = co_await nurt::start_server(echo, "127.0.0.1", 0);
    auto one = nurt::create_task(steady(w, server.port()), "steady");
    co_await steady(w, server.port());
    co_await one;
}

// Threads that come back while the loop sleeps.
coro<> threads(world& w) {
    while (!w.over()) {
        const int n = co_await nurt::to_thread([] { return 7; });
        if (n != 7) {
            w.wrong("a thread gave something else");
        }
        co_await nurt::sleep(w.up_to_ms(20));
        w.did("TCP: thread");
    }
}

}  // namespace

coro<> clients(world& w, nurt::task_group& group) {
    w.require("TCP: visit");
    for (const char* what : {"visit", "cancelled", "timeout", "echo", "heard all", "told",
                             "steady echo", "storm", "thread"}) {
        w.expect(std::string("TCP: ") + what);
    }
    for (int i = 0; i < 24; ++i) {
        group.create_task(rover(w), "rover").detach();
    }
    group.create_task(storms(w), "storms").detach();
    group.create_task(steady_pair(w), "steady pair").detach();
    group.create_task(threads(w), "threads").detach();
    co_return;
}

}  // namespace nurt_soak
