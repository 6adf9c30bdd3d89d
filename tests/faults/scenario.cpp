// SPDX-License-Identifier: MIT
// tests/faults/scenario.cpp: see the header.
#include "tests/faults/scenario.hpp"

#include <cerrno>
#include <new>
#include <optional>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/server.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/sendfile.hpp"
#include "nurt/net/server.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/errors.hpp"
#include "tests/support/memory_file.hpp"
#include "tests/support/support.hpp"

#include <unistd.h>

namespace nurt_test {

namespace {

using nurt::coro;
using nurt::stream;
namespace http = nurt::http;

constexpr std::size_t file_size = 100'000;

// An address of this process alone. Thousands of runs leave tens of thousands of ports in TIME_WAIT,
// which would be missing to tests that run at the same time, and to this one.
const std::string& loopback() {
    static const std::string address = [] {
        const int pid = getpid();
        return "127.78." + std::to_string(pid >> 8 & 255) + '.' + std::to_string(1 + pid % 254);
    }();
    return address;
}

// Whether a program has to expect it, and what it says.
bool is_expected(const std::exception_ptr& error, std::string& text) {
    try {
        std::rethrow_exception(error);
    } catch (const nurt::exception_group& group) {
        bool all = true;
        for (const std::exception_ptr& each : group.errors()) {
            all = is_expected(each, text) && all;
        }
        return all;
    } catch (const nurt::os_error& e) {
        text += e.what();
        return text.size() > e.code().message().size() + 2;  // "attempt: message"
    } catch (const nurt::incomplete_read_error& e) {
        text += e.what();
        return true;
    } catch (const http::transport_error& e) {
        text += e.what();
        return true;
    } catch (const std::bad_alloc&) {
        text += "no memory";
        return true;
    } catch (const std::exception& e) {
        text += e.what();
    } catch (const nurt::cancelled_error&) {
        text += "a cancellation of nobody";
    } catch (...) {
        text += "something unknown";
    }
    return false;
}

coro<> echo(stream s) {
    char memory[1000];
    for (;;) {
        const std::size_t n = co_await s.read_some(memory);
        if (n == 0) {
            co_return;
        }
        co_await s.write(std::string_view(memory, n));
    }
}

coro<> expect_echo(stream& s, std::string text) {
    co_await s.write(text);
    const std::string answer = co_await s.readexactly(text.size());
    if (answer != text) {
        throw nurt::usage_error("an echo is not what was said");
    }
}

// By name, of which one address refuses; a time limit that is over; half a close.
coro<> talk(int) {
    auto server = co_await nurt::start_server(echo, "127.0.0.1", 0);
    const std::uint16_t port = server.port();
    stream s = co_await nurt::connect("localhost", port, {.attempt_delay = nurt::milliseconds(10)});
    co_await expect_echo(s, "hello\n");
    bool late = false;
    try {
        co_await nurt::wait_for(s.readline(), nurt::milliseconds(1));
    } catch (const nurt::timeout_error&) {
        late = true;
    }
    if (!late) {
        throw nurt::incomplete_read_error("", 0);  // the end came first
    }
    co_await expect_echo(s, std::string(20'000, 'x'));
    s.shutdown_write();
    const std::string rest = co_await s.read_all();
    server.close();
    co_await server.wait_closed();
}

coro<> echo_until_reset(stream s) {
    try {
        co_await echo(std::move(s));
    } catch (const nurt::os_error& e) {
        if (e.number() != ECONNRESET) {
            throw;
        }
    }
}

coro<> talk_at_once(int) {
    auto server = co_await nurt::start_server(echo_until_reset, loopback(), 0);
    auto client = [](std::uint16_t port) -> coro<> {
        stream s = co_await nurt::connect(loopback(), port);
        co_await expect_echo(s, "one of many\n");
        s.abort();
    };
    auto all = [&](nurt::task_group& group) -> coro<> {
        for (int i = 0; i < 3; ++i) {
            group.create_task(client, server.port()).detach();
        }
        co_return;
    };
    co_await nurt::with(nurt::task_group(), all);
}

coro<> send_a_file(int file) {
    std::size_t arrived = 0;
    auto sink = [&arrived](stream s) -> coro<> {
        const std::string all = co_await s.read_all();
        arrived = all.size();
        co_await s.write("thanks\n");
    };
    auto server = co_await nurt::start_server(sink, loopback(), 0);
    stream s = co_await nurt::connect(loopback(), server.port());
    const std::uint64_t sent = co_await nurt::sendfile(s, file, 0, file_size);
    s.shutdown_write();
    const std::string thanks = co_await s.readline();
    if (!thanks.empty() && (sent != file_size || arrived != file_size)) {
        throw nurt::usage_error("a part of the file is missing");
    }
    server.close();
    co_await server.wait_closed();
}

// Idle clients, whose server is closed, and one that was never accepted.
coro<> close_under_load(int) {
    auto server = co_await nurt::start_server(echo, loopback(), 0, {.connections = 2});
    std::vector<stream> idle;
    for (int i = 0; i < 3; ++i) {
        idle.push_back(co_await nurt::connect(loopback(), server.port()));
    }
    co_await expect_echo(idle.front(), "still here\n");
    server.close();
    server.close_clients();
    co_await server.wait_closed();
    bool gone = false;
    try {
        const std::string rest = co_await idle.back().read_all();
    } catch (const nurt::os_error&) {
        gone = true;  // reset, because nobody had accepted it
    }
    (void)gone;
}

coro<> cancel_and_go_on(int) {
    auto listener = nurt::listen(*nurt::socket_address::parse(loopback() + ":0"));
    auto accepting = nurt::create_task(
        [](nurt::listener& at) -> coro<stream> { co_return co_await at.accept(); },
        std::ref(listener));
    co_await nurt::sleep(nurt::milliseconds(1));
    accepting.cancel();
    stream near = co_await nurt::connect(loopback(), listener.port());
    stream far = co_await nurt::wait_for(listener.accept(), nurt::seconds(2));
    co_await near.write("through\n");
    const std::string line = co_await far.readline();
    far.close();
    const std::string end = co_await near.read_all();
}

// Out of the loop and back, as another library's socket.
coro<> hand_over(int) {
    auto server = co_await nurt::start_server(echo, loopback(), 0);
    stream s = co_await nurt::connect(loopback(), server.port());
    co_await expect_echo(s, "before\n");
    auto released = nurt::release_socket(std::move(s));
    stream again = nurt::adopt_socket(std::move(released));
    co_await expect_echo(again, "after\n");
}

coro<> browse(int) {
    auto answer = [](http::request& r) -> coro<http::reply> { co_return co_await r.read_all(); };
    auto server = co_await http::start_server(answer, loopback(), 0);
    const std::uint16_t port = server.port();
    if (port == 0) {
        throw nurt::os_error(ENOBUFS, "the address of a listener");
    }
    http::client client;
    const std::string url = "http://" + loopback() + ':' + std::to_string(port) + "/";
    for (const char* text : {"first", "second"}) {
        auto request = client.post(url).body(std::string(text));
        const http::response r = co_await request.send();
        if (r.text() != text) {
            throw nurt::usage_error("HTTP answered something else");
        }
    }
    client.close();
    co_await server.stop(nurt::milliseconds(10));
}

}  // namespace

void journal::note(std::string_view part, const std::exception_ptr& error) {
    std::string text = std::string(part) + ": ";
    const bool expected = is_expected(error, text);
    (expected ? errors : wrong).push_back(text);
}

coro<> scenario(journal& j, int file) {
    using part = coro<> (*)(int);
    static constexpr std::pair<const char*, part> parts[] = {{"talk", talk},
                                                             {"talk at once", talk_at_once},
                                                             {"file", send_a_file},
                                                             {"close under load", close_under_load},
                                                             {"cancel", cancel_and_go_on},
                                                             {"hand over", hand_over},
                                                             {"browse", browse}};
    for (const auto& [name, run] : parts) {
        std::exception_ptr failure;
        try {
            co_await nurt::wait_for(run(file), nurt::seconds(8));
        } catch (const std::exception&) {
            failure = std::current_exception();
        }
        if (failure) {
            j.note(name, failure);
        }
    }
    j.finished = true;
}

journal run_scenario(const std::function<nurt::services()>& make_parts,
                     nurt::io::backend_kind backend) {
    journal j;
    const memory_file file(std::string(file_size, 'f'));
    const int descriptors = open_descriptors();
    const auto frames = nurt::frame_pool::live();
    try {
        nurt::runner runner(make_parts(), {.handle_interrupt = false, .backend = backend});
        runner.loop().set_exception_handler(
            [&j](const nurt::error_context& c) { j.note(c.message, c.error); });
        runner.run(scenario(j, file.descriptor()));
        runner.close();
    } catch (const std::exception&) {
        j.note("run", std::current_exception());
    }
    if (open_descriptors() != descriptors) {
        j.wrong.push_back("descriptors: " + std::to_string(descriptors) + " before, " +
                          std::to_string(open_descriptors()) + " after");
    }
    if (nurt::frame_pool::live() != frames) {
        j.wrong.push_back("coroutine frames are left");
    }
    return j;
}

}  // namespace nurt_test
