// SPDX-License-Identifier: MIT
// In simulated time files are copied; tests/real/sendfile_test.cpp lets the kernel send them.
#include "nurt/net/sendfile.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/memory_file.hpp"

#include <cerrno>
#include <string>

using nurt::coro;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::memory_file;

TEST_CASE("a file is sent whole") {
    in_sim([]() -> coro<void> {
        const memory_file file(std::string(300'000, 'x') + "end");
        auto [here, there] = nurt::memory_stream_pair();
        auto reading = nurt::create_task(there.read_all());
        const std::uint64_t sent = co_await nurt::sendfile(here, file.descriptor());
        here.close();
        const std::string received = co_await reading;
        CHECK(sent == 300'003);
        CHECK(received.size() == 300'003);
        CHECK(received.ends_with("xend"));
    });
}

TEST_CASE("a part of a file is sent, and its position stays") {
    in_sim([]() -> coro<void> {
        const memory_file file("0123456789");
        auto [here, there] = nurt::memory_stream_pair();
        const std::uint64_t sent = co_await nurt::sendfile(here, file.descriptor(), 3, 4);
        CHECK(sent == 4);
        const std::uint64_t beyond = co_await nurt::sendfile(here, file.descriptor(), 8, 100);
        CHECK(beyond == 2);
        const std::uint64_t none = co_await nurt::sendfile(here, file.descriptor(), 0, 0);
        CHECK(none == 0);
        here.close();
        const std::string received = co_await there.read_all();
        CHECK(received == "345689");
        CHECK(file.position() == 0);
    });
}

TEST_CASE("over a simulated network a file is copied") {
    in_sim([]() -> coro<void> {
        const memory_file file("from a real file");
        auto listener = co_await nurt::listen("127.0.0.1", 0);
        stream client = co_await nurt::connect("127.0.0.1", listener.port());
        stream served = co_await listener.accept();
        co_await nurt::sendfile(served, file.descriptor());
        served.close();
        const std::string received = co_await client.read_all();
        CHECK(received == "from a real file");
    });
}

TEST_CASE("what is no file is an error") {
    in_sim([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        const auto e = co_await error_of<nurt::os_error>(nurt::sendfile(here, -1));
        CHECK(e.number() == EBADF);
    });
}

TEST_CASE("a file cannot be sent over a closed stream") {
    in_sim([]() -> coro<void> {
        const memory_file file("text");
        auto [here, there] = nurt::memory_stream_pair();
        here.close();
        co_await error_of<nurt::usage_error>(nurt::sendfile(here, file.descriptor()));
    });
}

TEST_CASE("while a file is copied nobody else may write") {
    in_sim([]() -> coro<void> {
        const memory_file file(std::string(200'000, 'x'));
        auto [here, there] = nurt::memory_stream_pair(1000);
        auto reading = nurt::create_task(there.readexactly(200'000));
        auto sending = nurt::create_task(nurt::sendfile(here, file.descriptor()));
        auto write = [](stream& s) -> coro<void> { co_await s.write("y"); };
        co_await nurt::sleep(nurt::seconds(0));
        while (!sending.done()) {
            co_await error_of<nurt::usage_error>(write(here));
            co_await nurt::sleep(nurt::seconds(0));
        }
        const std::string received = co_await reading;
        CHECK(received == std::string(200'000, 'x'));
        co_await write(here);
    });
}

TEST_CASE("a copy that is cancelled half-way leaves a stream that takes no further writes") {
    in_sim([]() -> coro<void> {
        const memory_file file(std::string(1000, 'x'));
        auto [here, there] = nurt::memory_stream_pair(10);
        auto sending = nurt::create_task(nurt::sendfile(here, file.descriptor()));
        co_await nurt::sleep(nurt::seconds(1));
        sending.cancel();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(sending.cancelled());
        auto write = [](stream& s) -> coro<void> { co_await s.write("y"); };
        co_await error_of<nurt::usage_error>(write(here));
    });
}
