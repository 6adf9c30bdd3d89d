// SPDX-License-Identifier: MIT
// tests/real/pipe_test.cpp: pipes as streams.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/stream/pipe.hpp"
#include "tests/real/reality.hpp"

using namespace nurt;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

coro<> write_all(stream& to, std::string text) {
    co_await to.write(text);
    to.shutdown_write();
}

}  // namespace

TEST_CASE("what is written to a pipe is read from its other end, however long it is") {
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        std::string text(3'000'000, ' ');
        for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i % 251);
        const task<> writer = create_task(write_all(writing, text));
        const std::string got = co_await reading.read_all();
        CHECK(got == text);
        co_await writer;
        CHECK(reading.at_eof());
    });
}

TEST_CASE("a write that nobody will read is an error, and SIGPIPE does not end the program") {
    struct sigaction by_default{};
    struct sigaction before{};
    ::sigaction(SIGPIPE, &by_default, &before);
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        reading.close();
        std::string refusal;
        try {
            co_await writing.write("x");
        } catch (const os_error& e) {
            refusal = e.what();
        }
        CHECK(refusal == "write to a pipe: Broken pipe");
        sigset_t pending;
        sigpending(&pending);
        CHECK(sigismember(&pending, SIGPIPE) == 0);
    });
    ::sigaction(SIGPIPE, &before, nullptr);
}

TEST_CASE("a SIGPIPE that was pending before a write stays pending") {
    sigset_t pipe_only;
    sigset_t before;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ::raise(SIGPIPE);
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        reading.close();
        auto write = [](stream& s) -> coro<> { co_await s.write("x"); };
        const auto refused = co_await error_of<os_error>(write(writing));
        CHECK(refused.number() == EPIPE);
    });
    const timespec at_once{};
    CHECK(::sigtimedwait(&pipe_only, nullptr, &at_once) == SIGPIPE);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("what is no pipe, but is written like one, will do") {
    in_reality([]() -> coro<> {
        const int counter = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        stream writing = connect_write_pipe(::fcntl(counter, F_DUPFD_CLOEXEC, 3));
        const std::uint64_t seven = 7;
        co_await writing.write(std::as_bytes(std::span(&seven, 1)));
        stream reading = connect_read_pipe(counter);
        std::uint64_t got = 0;
        co_await reading.read_some(std::as_writable_bytes(std::span(&got, 1)));
        CHECK(got == 7);
    });
}

TEST_CASE("a read of a pipe that is cancelled ends at once and loses nothing") {
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        auto read = [](stream& s) -> coro<std::string> { co_return co_await s.read(10); };
        task<std::string> waiting = create_task(read(reading));
        co_await sleep(milliseconds(1));
        waiting.cancel();
        bool cancelled = false;
        try {
            co_await waiting;
        } catch (const cancelled_error&) {
            cancelled = true;
        }
        CHECK(cancelled);
        co_await writing.write("kept");
        const std::string got = co_await reading.read(10);
        CHECK(got == "kept");
    });
}

TEST_CASE(
    "whatever sizes are written and read, and whichever reads are cancelled, no byte is lost") {
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        std::string all;
        for (int i = 0; i < 40'000; ++i) {
            all += static_cast<char>('a' + i % 23);
        }
        auto write_pieces = [](stream& to, std::string text) -> coro<> {
            for (std::size_t at = 0, n = 1; at < text.size(); at += n, n = n % 6000 * 2 + 1) {
                co_await to.write(text.substr(at, n));
                co_await sleep(milliseconds(0));
            }
            to.shutdown_write();
        };
        auto read_some = [](stream& from, std::string& to, std::size_t n) -> coro<std::size_t> {
            std::string memory(n, ' ');
            const std::size_t got = co_await from.read_some(std::span(memory));
            to.append(memory, 0, got);
            co_return got;
        };
        task<void> written = create_task(write_pieces(writing, all));
        std::string got;
        for (std::size_t last = 1, n = 1; last != 0; n = n % 5000 * 3 + 1) {
            task<std::size_t> vain = create_task(read_some(reading, got, n));
            co_await sleep(milliseconds(0));
            vain.cancel();
            bool cancelled = false;
            try {
                last = co_await vain;
            } catch (const cancelled_error&) {
                cancelled = true;
            }
            if (cancelled) {
                last = co_await read_some(reading, got, n);
            }
        }
        co_await written;
        CHECK(got == all);
    });
}

TEST_CASE("a pipe that nobody reads from makes its writer wait") {
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        auto read_one = [](stream& from) -> coro<> { co_await from.read(1); };
        task<void> first = create_task(read_one(reading));
        co_await sleep(milliseconds(1));
        const std::string much(1'000'000, 'x');
        task<void> writes = create_task(write_all(writing, much));
        co_await first;
        co_await sleep(milliseconds(20));
        CHECK(!writes.done());
        const std::string rest = co_await reading.read_all();
        CHECK(rest.size() == much.size() - 1);
        co_await writes;
    });
}

TEST_CASE("nothing is taken from a pipe that others read as well, before somebody asks") {
    in_reality([]() -> coro<> {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        stream reading = connect_read_pipe(::fcntl(ends[0], F_DUPFD_CLOEXEC, 3));
        auto read_one = [](stream& from) -> coro<> {
            char c = 0;
            co_await from.read_some(std::span(&c, 1));
        };
        task<void> waiting = create_task(read_one(reading));
        co_await sleep(milliseconds(1));
        CHECK(::write(ends[1], "a", 1) == 1);
        co_await waiting;
        CHECK(::write(ends[1], "bc", 2) == 2);
        co_await sleep(milliseconds(2));
        char rest[8] = {};
        CHECK(::read(ends[0], rest, sizeof rest) == 2);
        ::close(ends[0]);
        ::close(ends[1]);
    });
}

TEST_CASE("closing a pipe ends who reads from it, and tells its writer") {
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        auto read_one = [](stream& from) -> coro<> { co_await from.read(1); };
        task<os_error> waiting = create_task(error_of<os_error>(read_one(reading)));
        co_await sleep(milliseconds(1));
        reading.close();
        const os_error ended = co_await waiting;
        CHECK(ended.number() == ECANCELED);
        co_await sleep(milliseconds(1));
        const auto refused = co_await error_of<os_error>(write_all(writing, "x"));
        CHECK(refused.number() == EPIPE);
    });
}

TEST_CASE("a program that ends while it reads from a pipe ends at once") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const instant start = event_loop().time();
    auto main = [](int fd) -> coro<> {
        auto read = [](stream s) -> coro<> { co_await s.read(1); };
        create_task(read(connect_read_pipe(fd, "a slow pipe"))).detach();
        co_await sleep(milliseconds(1));
    };
    run(main(ends[0]));
    CHECK((event_loop().time() - start).seconds() < 1);
    ::close(ends[1]);
}

TEST_CASE("a pipe that the loop does not take stays the caller's") {
    in_reality([]() -> coro<> {
        CHECK_THROWS_AS(connect_read_pipe(-1), os_error);
        co_return;
    });
    CHECK_THROWS_AS(open_pipe(), usage_error);
}

TEST_CASE("a closed writing end is said to be closed") {
    in_reality([]() -> coro<> {
        auto [reading, writing] = open_pipe();
        writing.shutdown_write();
        auto write = [](stream& s) -> coro<> { co_await s.write("x"); };
        const auto refused = co_await error_of<os_error>(write(writing));
        CHECK(refused.number() == EPIPE);
        CHECK_THROWS_AS(reading.shutdown_write(), os_error);
        const std::string end = co_await reading.read(1);
        CHECK(end.empty());
    });
}
