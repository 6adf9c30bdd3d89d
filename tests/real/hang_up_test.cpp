// SPDX-License-Identifier: MIT
// The other end goes: over sockets, pipes and to children, nothing is lost that was sent before, and whoever
// writes on is told, by an error and not by a signal.
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/net/unix.hpp"
#include "nurt/process/process.hpp"
#include "nurt/stream/pipe.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

using nurt::coro;
using nurt::create_task;
using nurt::milliseconds;
using nurt::sleep;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

constexpr std::size_t megabyte = 1 << 20;

// Both ends of something, and a child if one of them is in it.
struct ends {
    ends(stream r, stream w) : reading(std::move(r)), writing(std::move(w)) {}
    stream reading;
    stream writing;
};

using maker = coro<ends> (*)();

coro<ends> over_tcp() {
    nurt_test::connection c = co_await nurt_test::connected();
    co_return ends(std::move(c.near), std::move(c.far));
}

coro<ends> over_a_unix_socket() {
    auto [near, far] = nurt::stream_pair();
    co_return ends(std::move(near), std::move(far));
}

coro<ends> over_a_pipe() {
    auto [reading, writing] = nurt::open_pipe();
    co_return ends(std::move(reading), std::move(writing));
}

constexpr maker carriers[] = {over_tcp, over_a_unix_socket, over_a_pipe};

// Reads in pieces that fit nothing; gives how much came until the end.
coro<std::size_t> size_of_all(stream& from) {
    std::size_t total = 0;
    char memory[777];
    for (std::size_t n = 1; n != 0; total += n) {
        n = co_await from.read_some(memory);
    }
    co_return total;
}

coro<> write_and_go(stream to) {
    co_await to.write(std::string(megabyte, 'm'));
}

coro<> write_on_and_on(stream& to) {
    for (;;) {
        co_await to.write(std::string(5000, 'w'));
        co_await sleep(nurt::duration::zero());
    }
}

coro<int> error_of_writing(stream& to) {
    auto bounded = [](stream& s) -> coro<> {
        co_await nurt::wait_for(write_on_and_on(s), nurt::seconds(5));
    };
    const auto e = co_await error_of<nurt::os_error>(bounded(to));
    co_return e.number();
}

bool says_gone(int error) {
    return error == EPIPE || error == ECONNRESET;
}

// A signal would end this program: doctest leaves SIGPIPE alone.
struct default_sigpipe {
    default_sigpipe() { ::sigaction(SIGPIPE, &by_default, &before); }
    default_sigpipe(const default_sigpipe&) = delete;
    default_sigpipe& operator=(const default_sigpipe&) = delete;
    ~default_sigpipe() { ::sigaction(SIGPIPE, &before, nullptr); }
    struct sigaction by_default{};
    struct sigaction before{};
};

}  // namespace

TEST_CASE("whatever carries it, a megabyte sent before the hang-up is read to its last byte") {
    in_reality([]() -> coro<> {
        for (const maker make : carriers) {
            ends e = co_await make();
            auto writing = create_task(write_and_go(std::move(e.writing)));
            co_await sleep(milliseconds(2));
            const std::size_t size = co_await size_of_all(e.reading);
            CHECK(size == megabyte);
            co_await writing;
        }
    });
}

TEST_CASE("a megabyte that a child has written is read to its last byte, also after its end") {
    in_reality([]() -> coro<> {
        auto p = co_await nurt::create_subprocess_exec("head", {"-c", "1048576", "/dev/zero"},
                                                       {.stdout = nurt::subprocess::pipe});
        co_await sleep(milliseconds(2));
        const std::string most = co_await p.stdout().readexactly(megabyte - 30'000);
        const int code = co_await p.wait();
        CHECK(code == 0);
        const std::size_t rest = co_await size_of_all(p.stdout());
        CHECK(rest == 30'000);
    });
}

TEST_CASE_FIXTURE(default_sigpipe, "whatever carries it, who writes on is told of the hang-up") {
    in_reality([]() -> coro<> {
        for (const maker make : carriers) {
            ends e = co_await make();
            e.reading.close();
            const int error = co_await error_of_writing(e.writing);
            CHECK(says_gone(error));
        }
        auto p =
            co_await nurt::create_subprocess_exec("true", {}, {.stdin = nurt::subprocess::pipe});
        const int error = co_await error_of_writing(p.stdin());
        CHECK(says_gone(error));
    });
}

TEST_CASE_FIXTURE(default_sigpipe,
                  "whatever carries it, a writer that waits is woken by the hang-up") {
    in_reality([]() -> coro<> {
        for (const maker make : carriers) {
            ends e = co_await make();
            auto writing = create_task(
                [](stream& to) -> coro<> { co_await to.write(std::string(32 * megabyte, 'w')); },
                std::ref(e.writing));
            co_await sleep(milliseconds(2));
            CHECK_FALSE(writing.done());
            e.reading.close();
            const auto error = co_await error_of<nurt::os_error>([](nurt::task<> t) -> coro<> {
                co_await nurt::wait_for(t, nurt::seconds(5));
            }(writing));
            CHECK(says_gone(error.number()));
        }
    });
}
