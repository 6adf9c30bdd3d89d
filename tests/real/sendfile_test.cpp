// SPDX-License-Identifier: MIT
// Files that the kernel sends, over the loopback interface.
#include "nurt/net/sendfile.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/server.hpp"
#include "tests/real/reality.hpp"
#include "tests/support/memory_file.hpp"

#include <cerrno>
#include <string>
#include <utility>

using nurt::coro;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_reality;
using nurt_test::memory_file;

namespace {

coro<std::pair<stream, stream>> connected_pair() {
    auto listener = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
    stream client = co_await nurt::connect("127.0.0.1", listener.port());
    stream served = co_await listener.accept();
    co_return std::pair<stream, stream>(std::move(client), std::move(served));
}

std::string numbers(std::size_t size) {
    std::string result;
    for (int i = 0; result.size() < size; ++i) {
        result += std::to_string(i) + ' ';
    }
    return result;
}

}  // namespace

TEST_CASE("ten megabytes of a file arrive whole at a reader who is slower") {
    in_reality([]() -> coro<void> {
        const std::string text = numbers(10'000'000);
        const memory_file file(text);
        auto [client, served] = co_await connected_pair();
        auto reading = nurt::create_task(client.read_all());
        co_await served.write("before ");
        const std::uint64_t sent = co_await nurt::sendfile(served, file.descriptor());
        co_await served.write("after");
        served.close();
        const std::string received = co_await reading;
        CHECK(sent == text.size());
        CHECK(received == "before " + text + "after");
        CHECK(file.position() == 0);
    });
}

TEST_CASE("a cancelled sendfile leaves a stream that takes no further writes") {
    in_reality([]() -> coro<void> {
        const memory_file file(numbers(20'000'000));
        auto [client, served] = co_await connected_pair();
        auto sending = nurt::create_task(nurt::sendfile(served, file.descriptor()));
        char one = 0;
        co_await client.read_some(std::span<char>(&one, 1));
        co_await nurt::sleep(nurt::milliseconds(20));
        CHECK_FALSE(sending.done());
        auto write = [](stream& s) -> coro<void> { co_await s.write("x"); };
        co_await error_of<nurt::usage_error>(write(served));
        sending.cancel();
        co_await nurt::sleep(nurt::milliseconds(1));
        CHECK(sending.cancelled());
        co_await error_of<nurt::usage_error>(write(served));
    });
}

TEST_CASE("sending a file to a peer that has gone is an error and no signal") {
    in_reality([]() -> coro<void> {
        const memory_file file(numbers(20'000'000));
        auto [client, served] = co_await connected_pair();
        client.abort();
        const auto e = co_await error_of<nurt::os_error>(nurt::sendfile(served, file.descriptor()));
        const bool expected = e.number() == EPIPE || e.number() == ECONNRESET;
        CHECK(expected);
        const auto again =
            co_await error_of<nurt::os_error>(nurt::sendfile(served, file.descriptor()));
        CHECK(again.number() == EPIPE);
    });
}

TEST_CASE("closing a stream ends the sendfile of another task") {
    in_reality([]() -> coro<void> {
        const memory_file file(numbers(20'000'000));
        auto [client, served] = co_await connected_pair();
        auto sending = nurt::create_task(nurt::sendfile(served, file.descriptor()));
        co_await nurt::sleep(nurt::milliseconds(20));
        served.close();
        co_await nurt::sleep(nurt::milliseconds(1));
        CHECK(sending.done());
        CHECK_THROWS_AS(sending.result(), nurt::os_error);
    });
}

TEST_CASE("what the kernel cannot send is an error of reading it") {
    in_reality([]() -> coro<void> {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        auto [client, served] = co_await connected_pair();
        const auto e = co_await error_of<nurt::os_error>(nurt::sendfile(served, ends[0]));
        CHECK(e.number() == ESPIPE);
        ::close(ends[0]);
        ::close(ends[1]);
    });
}
