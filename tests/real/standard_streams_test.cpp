// SPDX-License-Identifier: MIT
// tests/real/standard_streams_test.cpp: standard input and output, whatever they are.
#include "nurt/files/standard_streams.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/files/detail/descriptor_stream.hpp"
#include "nurt/files/file.hpp"
#include "nurt/files/temporary.hpp"
#include "nurt/loop/monotonic_clock.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <csignal>
#include <functional>
#include <string>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

namespace files = nurt::files;
using nurt::coro;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

// Descriptor `number` is another one for a while, which goes over to it.
class stand_in {
public:
    stand_in(int number, int other) : number_(number), saved_(::fcntl(number, F_DUPFD_CLOEXEC, 3)) {
        ::dup2(other, number);
        ::close(other);
    }
    ~stand_in() {
        ::dup2(saved_, number_);
        ::close(saved_);
    }

private:
    int number_;
    int saved_;
};

struct pipe_ends {
    pipe_ends() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
    int ends[2];
};

bool blocks(int descriptor) {
    return (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
}

void put(int descriptor, const std::string& text) {
    REQUIRE(::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

coro<void> reads_lines_from(int writer) {
    stream in = files::standard_input();
    auto reading = nurt::create_task(in.readline());
    co_await nurt::sleep(nurt::milliseconds(2));
    CHECK(!reading.done());
    put(writer, "one\ntwo\n");
    const std::string one = co_await reading;
    const std::string two = co_await in.readline();
    CHECK(one == "one\n");
    CHECK(two == "two\n");
    CHECK(blocks(0));
}

}  // namespace

TEST_CASE("standard input is read from a pipe, which blocks as ever for others") {
    const pipe_ends pipe;
    const stand_in input(0, pipe.ends[0]);
    in_reality([&]() -> coro<void> { co_await reads_lines_from(pipe.ends[1]); });
    CHECK(blocks(0));
    CHECK(blocks(pipe.ends[1]));
    ::close(pipe.ends[1]);
}

TEST_CASE("standard input is read from a socket") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const stand_in input(0, ends[0]);
    in_reality([&]() -> coro<void> { co_await reads_lines_from(ends[1]); });
    ::close(ends[1]);
}

TEST_CASE("an exchange over standard input that is a socket may be given up") {
    in_reality([]() -> coro<void> {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        const stand_in in(0, ends[0]);
        stream s = files::standard_input();
        const auto ask = [](stream& whom) -> coro<void> {
            char answer[10];
            co_await whom.exchange("question", std::span<char>(answer));
        };
        auto asking = nurt::create_task(ask, std::ref(s));
        co_await nurt::sleep(nurt::milliseconds(1));
        asking.cancel();
        co_await nurt::as_result(asking);
        CHECK(asking.cancelled());
        put(ends[1], "late");
        const std::string text = co_await s.read(10);
        CHECK(text == "late");
        ::close(ends[1]);
    });
}

TEST_CASE("standard input is read from a terminal") {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(master >= 0);
    REQUIRE(::grantpt(master) == 0);
    REQUIRE(::unlockpt(master) == 0);
    const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(terminal >= 0);
    {
        const stand_in input(0, terminal);
        in_reality([&]() -> coro<void> { co_await reads_lines_from(master); });
    }
    ::close(master);
}

TEST_CASE("a file is read and written at the position that others share") {
    in_reality([]() -> coro<void> {
        files::file f = co_await files::temporary_file();
        put(f.descriptor(), "before ");
        {
            const stand_in output(1, ::dup(f.descriptor()));
            stream out = files::standard_output();
            co_await out.write("ours ");
            put(1, "after");
        }
        const std::string all = co_await f.read_all();
        CHECK(all == "before ours after");
        ::lseek(f.descriptor(), 7, SEEK_SET);
        const stand_in input(0, ::dup(f.descriptor()));
        stream in = files::standard_input();
        const std::string rest = co_await in.read_all();
        CHECK(rest == "ours after");
    });
}

TEST_CASE("/dev/null ends at once and takes everything") {
    const stand_in input(0, ::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const stand_in error(2, ::open("/dev/null", O_WRONLY | O_CLOEXEC));
    in_reality([]() -> coro<void> {
        stream in = files::standard_input();
        const std::string nothing = co_await in.read_all();
        CHECK(nothing.empty());
        stream err = files::standard_error();
        const std::size_t n = co_await err.write(std::string(100'000, 'x'));
        CHECK(n == 100'000);
    });
}

TEST_CASE("a program ends though its standard input is being read") {
    const pipe_ends pipe;
    const stand_in input(0, pipe.ends[0]);
    const auto clock = nurt::make_monotonic_clock();
    const nurt::instant start = clock->now();
    in_reality([]() -> coro<void> {
        static_cast<void>(nurt::create_task([]() -> coro<void> {
            stream in = files::standard_input();
            co_await in.read_all();
        }));
        co_await nurt::sleep(nurt::milliseconds(2));
    });
    CHECK((clock->now() - start).seconds() < 1);
    ::close(pipe.ends[1]);
}

TEST_CASE("a cancelled read of standard input loses no byte") {
    const pipe_ends pipe;
    const stand_in input(0, pipe.ends[0]);
    in_reality([&]() -> coro<void> {
        stream in = files::standard_input();
        for (int i = 0; i < 5; ++i) {
            auto reading = nurt::create_task(in.read(10));
            co_await nurt::sleep(nurt::milliseconds(i == 0 ? 0 : 1));
            reading.cancel();
            co_await nurt::gather(nurt::return_exceptions, reading);
            CHECK(reading.cancelled());
        }
        put(pipe.ends[1], "kept");
        const std::string text = co_await in.read(10);
        CHECK(text == "kept");
    });
    ::close(pipe.ends[1]);
}

TEST_CASE("a write that nobody will read is an error and no signal") {
    const pipe_ends pipe;
    ::close(pipe.ends[0]);
    const stand_in output(1, pipe.ends[1]);
    in_reality([]() -> coro<void> {
        stream out = files::standard_output();
        const auto error = co_await error_of<nurt::os_error>(
            [](stream& to) -> coro<void> { co_await to.write("text"); }(out));
        CHECK(error.number() == EPIPE);
        CHECK(std::string(error.what()) == "write to standard output: Broken pipe");
    });
}

// What cannot be opened again, such as a terminal of another user.
TEST_CASE("a pipe that is shared, and blocks, never blocks the loop") {
    const pipe_ends pipe;
    in_reality([&]() -> coro<void> {
        stream out = files::detail::stream_of_pipe(pipe.ends[1], "a pipe");
        stream in = files::detail::stream_of_pipe(pipe.ends[0], "a pipe");
        const std::string text(1'000'000, 'x');
        auto writing = nurt::create_task(
            [](stream& to, const std::string& all) -> coro<void> {
                co_await to.write(all);
                to.close();
            },
            std::ref(out), std::cref(text));
        co_await nurt::sleep(nurt::milliseconds(2));
        CHECK(!writing.done());
        CHECK(blocks(pipe.ends[0]));
        const std::string all = co_await in.read_all();
        CHECK(all == text);
        co_await writing;
    });
}

TEST_CASE("a standard stream that is closed says so") {
    in_reality([]() -> coro<void> {
        const stand_in input(0, ::open("/dev/null", O_RDONLY | O_CLOEXEC));
        ::close(0);
        CHECK_THROWS_WITH_AS(files::standard_input(), "open standard input: Bad file descriptor",
                             nurt::os_error);
        co_return;
    });
}
