// SPDX-License-Identifier: MIT
// Open files: reading, writing, positions, lines.
#include "nurt/files/file.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/with.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/stream/errors.hpp"
#include "tests/files/worlds.hpp"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace files = nurt::files;
using nurt::coro;
using nurt_test::error_of;
using nurt_test::with_directory;

namespace {

std::string numbers(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + '\n';
    }
    return text;
}

}  // namespace

TEST_CASE_TEMPLATE("what was written is read back, in one piece and in many", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string text = numbers(300'000);
        files::file f = co_await files::open(dir + "/a", "w+");
        const std::size_t written = co_await f.write(text);
        CHECK(written == text.size());
        CHECK(f.tell() == text.size());
        co_await f.seek(0);
        const std::string all = co_await f.read_all();
        CHECK(all == text);
        co_await f.seek(100);
        std::string pieces;
        char memory[1000];
        for (std::size_t n = 1; n != 0;) {
            n = co_await f.read_some(memory);
            pieces.append(memory, n);
        }
        CHECK(pieces == text.substr(100));
        const std::string end = co_await f.read(10);
        CHECK(end.empty());
        co_await f.close();
        CHECK(f.is_closed());
    });
}

TEST_CASE_TEMPLATE("lines are read one by one, whatever their length", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string longest(200'000, 'x');
        const std::string text = "one\n\n" + longest + "\nlast";
        co_await files::write_text(dir + "/a", text);
        files::file f = co_await files::open(dir + "/a");
        std::vector<std::string> lines;
        while (auto line = co_await f.next_line()) {
            lines.push_back(*line);
        }
        const std::vector<std::string> expected{"one", "", longest, "last"};
        CHECK(lines == expected);
        co_await f.seek(0);
        const std::string first = co_await f.readline();
        const std::vector<std::string> others = co_await f.readlines();
        CHECK(first == "one\n");
        REQUIRE(others.size() == 3);
        CHECK(others[0] == "\n");
        CHECK(others[2] == "last");
        const std::string none = co_await f.readline();
        CHECK(none.empty());
    });
}

TEST_CASE_TEMPLATE("the position is after what was taken, not after what was read ahead", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/a", "one\ntwo\nthree\n");
        files::file f = co_await files::open(dir + "/a", "r+");
        co_await f.readline();
        CHECK(f.tell() == 4);
        co_await f.write("TWO");
        const std::string rest = co_await f.readline();
        CHECK(rest == "\n");
        const std::uint64_t back = co_await f.seek(-1, files::whence::current);
        CHECK(back == 7);
        const std::uint64_t end = co_await f.seek(-6, files::whence::end);
        CHECK(end == 8);
        const std::string three = co_await f.readexactly(5);
        CHECK(three == "three");
        const auto past = co_await error_of<nurt::incomplete_read_error>(f.readexactly(5));
        CHECK(past.partial() == "\n");
        co_await error_of<std::invalid_argument>(f.seek(-1));
        CHECK(f.tell() == 14);
    });
}

TEST_CASE_TEMPLATE("many tasks read and write at offsets of one file at once", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::file f = co_await files::open(dir + "/a", "w+");
        std::vector<nurt::task<void>> all;
        for (std::uint64_t i = 0; i < 100; ++i) {
            all.push_back(nurt::create_task(
                [](files::file& shared, std::uint64_t n) -> coro<void> {
                    const std::string text = std::to_string(1000 + n);
                    co_await shared.pwrite(text, n * 4);
                    std::string back(4, '.');
                    const std::size_t got = co_await shared.pread(std::span<char>(back), n * 4);
                    CHECK(got == 4);
                    CHECK(back == text);
                },
                std::ref(f), i));
        }
        for (auto& one : all) {
            co_await one;
        }
        CHECK(f.tell() == 0);
        const std::string text = co_await f.read_all();
        CHECK(text.size() == 400);
        CHECK(text.substr(392) == "10981099");
    });
}

TEST_CASE_TEMPLATE("an offset that no file has is an error, and not the file's position", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::file f = co_await files::open(dir + "/a", "w+");
        co_await f.write("abc");
        const auto put = [](files::file& to, std::uint64_t at) -> coro<std::size_t> {
            co_return co_await to.pwrite("x", at);
        };
        const auto take = [](files::file& from, std::uint64_t at) -> coro<std::size_t> {
            char one[1];
            co_return co_await from.pread(std::span<char>(one), at);
        };
        for (const std::uint64_t at : {UINT64_MAX, std::uint64_t{1} << 63}) {
            const auto written = co_await error_of<nurt::os_error>(put(f, at));
            CHECK(written.number() == EINVAL);
            const auto read = co_await error_of<nurt::os_error>(take(f, at));
            CHECK(read.number() == EINVAL);
        }
        const std::string text = co_await files::read_text(dir + "/a");
        CHECK(text == "abc");
    });
}

TEST_CASE_TEMPLATE("what is appended goes to the end, wherever others have moved it", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::file one = co_await files::open(dir + "/a", "a");
        files::file two = co_await files::open(dir + "/a", "a+");
        co_await one.write("one ");
        co_await two.write("two ");
        co_await one.write("three");
        CHECK(one.tell() == 13);
        co_await two.seek(0);
        const std::string text = co_await two.read_all();
        CHECK(text == "one two three");
    });
}

TEST_CASE_TEMPLATE("modes do what those of Python do", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string path = dir + "/a";
        const auto missing = co_await error_of<nurt::os_error>(files::open(path));
        CHECK(missing.what() == "open " + path + ": No such file or directory");
        files::file made = co_await files::open(path, "xb");
        co_await made.write("text");
        const auto there = co_await error_of<nurt::os_error>(files::open(path, "x"));
        CHECK(there.number() == EEXIST);
        files::file reader = co_await files::open(path, "r");
        const auto refused = co_await error_of<nurt::os_error>(reader.write("x"));
        CHECK(refused.what() == "write " + path + " (not opened for writing): Bad file descriptor");
        files::file emptied = co_await files::open(path, "w");
        const files::file_status status = co_await emptied.stat();
        CHECK(status.size == 0);
        for (const char* mode : {"", "q", "rw", "r+w", "+"}) {
            CHECK_THROWS_AS(static_cast<void>(files::open(path, mode)), std::invalid_argument);
        }
        const std::string zero("/tmp\0/x", 7);
        co_await error_of<std::invalid_argument>(files::open(zero));
    });
}

TEST_CASE_TEMPLATE("a file is cut, synchronised and looked at", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::file f = co_await files::open(dir + "/a", "w+");
        co_await f.write("0123456789");
        co_await f.truncate(4);
        co_await f.fsync();
        co_await f.fdatasync();
        const files::file_status status = co_await f.stat();
        CHECK(status.is_file());
        CHECK(status.size == 4);
        CHECK(status.links == 1);
        CHECK((::fcntl(f.descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
        CHECK((::fcntl(f.descriptor(), F_GETFL) & O_NONBLOCK) == 0);
        co_await f.truncate(6);
        co_await f.seek(0);
        const std::string text = co_await f.read_all();
        CHECK(text == std::string("0123\0\0", 6));
    });
}

TEST_CASE_TEMPLATE("a closed file says so, and one under way closes with its last request", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::file f = co_await files::open(dir + "/a", "w+");
        auto writing = nurt::create_task(
            [](files::file& shared) -> coro<std::size_t> {
                co_return co_await shared.pwrite("x", 0);
            },
            std::ref(f));
        co_await nurt::sleep(nurt::seconds(0));
        co_await f.close();
        co_await f.close();
        CHECK(f.descriptor() == -1);
        CHECK_THROWS_AS(static_cast<void>(f.read_all()), nurt::usage_error);
        const std::size_t n = co_await writing;
        CHECK(n == 1);
    });
}

TEST_CASE_TEMPLATE("one task at a time uses the position", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/a", "text");
        files::file f = co_await files::open(dir + "/a", "r+");
        auto reading = nurt::create_task(f.read_all());
        co_await nurt::sleep(nurt::seconds(0));
        co_await error_of<nurt::usage_error>(f.write("x"));
        const std::string text = co_await reading;
        CHECK(text == "text");
    });
}

TEST_CASE_TEMPLATE("a body form closes the file however the body ends", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        int descriptor = -1;
        co_await nurt::with(files::open(dir + "/a", "w"), [&](files::file& f) -> coro<void> {
            descriptor = f.descriptor();
            co_await f.write("text");
        });
        CHECK(::fcntl(descriptor, F_GETFD) == -1);
        auto failing = nurt::with(files::open(dir + "/a"), [&](files::file& f) -> coro<int> {
            descriptor = f.descriptor();
            throw std::runtime_error("in the body");
            co_return 1;
        });
        const auto error = co_await error_of<std::runtime_error>(std::move(failing));
        CHECK(std::string(error.what()) == "in the body");
        CHECK(::fcntl(descriptor, F_GETFD) == -1);
    });
}

TEST_CASE_TEMPLATE("a read that is cancelled loses nothing", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string text = numbers(3'000'000);
        co_await files::write_text(dir + "/a", text);
        files::file f = co_await files::open(dir + "/a");
        for (int turns = 0; turns < 20; ++turns) {
            auto reading = nurt::create_task(f.read_all());
            for (int i = 0; i < turns; ++i) {
                co_await nurt::sleep(nurt::seconds(0));
            }
            const std::uint64_t before = reading.done() ? text.size() : 0;
            reading.cancel();
            co_await nurt::gather(nurt::return_exceptions, reading);
            if (before == 0 && reading.cancelled()) {
                CHECK(f.tell() == 0);
            }
            co_await f.seek(0);
        }
        const std::string all = co_await f.read_all();
        CHECK(all == text);
    });
}

TEST_CASE_TEMPLATE("a file whose opening was cancelled is closed", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        for (int turns = 0; turns < 12; ++turns) {
            auto opening = nurt::create_task(
                [](std::string path) -> coro<void> {
                    files::file f = co_await files::open(path, "w");
                    co_await nurt::sleep(nurt::seconds(3600));
                },
                dir + "/a");
            for (int i = 0; i < turns; ++i) {
                co_await nurt::sleep(nurt::seconds(0));
            }
            opening.cancel();
            co_await nurt::gather(nurt::return_exceptions, opening);
            CHECK(opening.cancelled());
        }
    });
}

// The harness counts descriptors. Between the loop's last look and the cancellation the kernel, or a
// thread, has opened the file: nobody has seen the answer yet.
TEST_CASE_TEMPLATE("a file that was opened in the moment of its cancellation is closed", W,
                   nurt_test::with_threads, nurt_test::with_ring, nurt_test::with_small_ring) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const nurt::event_loop& loop = nurt::event_loop::running();
        for (int i = 0; i < 120; ++i) {
            auto opening = nurt::create_task(files::open(dir + "/a", "w"));
            for (int turns = i % 4; turns >= 0; --turns) {
                co_await nurt::sleep(nurt::seconds(0));
            }
            const nurt::instant start = loop.time();
            while (loop.time() - start < nurt::microseconds(i * 4)) {
            }
            opening.cancel();
            co_await nurt::gather(nurt::return_exceptions, std::move(opening));
        }
    });
}

TEST_CASE_TEMPLATE("a FIFO is opened without its other end, and reading it can be cancelled", W,
                   nurt_test::with_threads, nurt_test::with_ring) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string path = dir + "/fifo";
        REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
        const auto nobody = co_await error_of<nurt::os_error>(files::open(path, "w"));
        CHECK(nobody.number() == ENXIO);
        files::file reader = co_await files::open(path);
        files::file writer = co_await files::open(path, "w");
        auto reading = nurt::create_task(reader.readline());
        co_await nurt::sleep(nurt::milliseconds(1));
        CHECK(!reading.done());
        reading.cancel();
        co_await nurt::gather(nurt::return_exceptions, reading);
        CHECK(reading.cancelled());
        co_await writer.write("hello\nworld");
        const std::string line = co_await reader.readline();
        CHECK(line == "hello\n");
        co_await writer.close();
        const std::string rest = co_await reader.read_all();
        CHECK(rest == "world");
        co_await error_of<nurt::os_error>(reader.seek(0));
    });
}
