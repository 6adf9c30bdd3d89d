// SPDX-License-Identifier: MIT
// tests/faults/files_test.cpp: files while each system call fails once, or moves one byte only.
#include "nurt/files/contents.hpp"
#include "nurt/files/directory.hpp"
#include "nurt/files/file.hpp"
#include "nurt/files/paths.hpp"
#include "nurt/files/temporary.hpp"
#include "nurt/io/make_backend.hpp"
#include "tests/faults/outside.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using nurt::coro;
using nurt::io::backend_kind;
using namespace nurt_test;
namespace files = nurt::files;

namespace {

constexpr std::size_t much = 40'000;  // more than one block

coro<> use_contents(const folders& in) {
    const std::string path = in.plain + "/contents";
    const std::string text(much, 't');
    co_await files::write_text(path, text);
    co_await files::append_text(path, "end");
    const std::string all = co_await files::read_text(path);
    expect(all == text + "end", "the text is another one");
    const auto bytes = co_await files::read_bytes(path);
    expect(bytes.size() == all.size(), "there are not all bytes");
}

coro<> use_a_file(const folders& in) {
    const std::string path = in.plain + "/file";
    files::file f = co_await files::open(path, "w+");
    co_await f.write("one\ntwo\nthree\n");
    co_await f.pwrite("TWO", 4);
    co_await f.seek(0);
    const std::string first = co_await f.readline();
    const std::string second = co_await f.readexactly(4);
    const auto third = co_await f.next_line();
    expect(first == "one\n" && second == "TWO\n" && third == "three", "the lines are others");
    std::array<char, 3> some{};
    const std::size_t n = co_await f.pread(some, 0);
    expect(n > 0 && some[0] == 'o', "pread gives something else");
    co_await f.fsync();
    co_await f.fdatasync();
    co_await f.truncate(3);
    const files::file_status status = co_await f.stat();
    expect(status.size == 3, "it was not truncated");
    const std::uint64_t end = co_await f.seek(0, files::whence::end);
    expect(end == 3, "the end is elsewhere");
    co_await f.close();
    files::file again = co_await files::open(path);
    const std::vector<std::string> lines = co_await again.readlines();
    expect(lines.size() == 1 && lines[0] == "one", "the file has other lines");
}

coro<> use_the_end_of_a_file(const folders& in) {
    files::file f = co_await files::open(in.plain + "/log", "a+");
    for (const char* line : {"first\n", "second\n"}) {
        co_await f.write(line);
    }
    expect(f.tell() == 13, "the position is not the end");
    co_await f.seek(0);
    const std::string all = co_await f.read_all();
    expect(all == "first\nsecond\n", "what was appended is something else");
}

coro<> use_names(const folders& in) {
    const std::string top = in.plain + "/top";
    co_await files::mkdir(top);
    co_await files::write_text(top + "/a", "text");
    co_await files::rename(top + "/a", top + "/b");
    co_await files::link(top + "/b", top + "/c");
    co_await files::symlink("b", top + "/d");
    const std::string target = co_await files::readlink(top + "/d");
    expect(target == "b", "the link leads elsewhere");
    const bool known = co_await files::exists(top + "/c");
    const bool plain = co_await files::is_file(top + "/d");
    expect(known && plain, "a name is unknown");
    const auto names = co_await files::listdir(top);
    expect(names.size() == 3, "the directory has other names");
    for (const char* name : {"/b", "/c", "/d"}) {
        co_await files::remove(top + name);
    }
    co_await files::rmdir(top);
}

coro<> copy_a_file(const folders& in) {
    const std::string text(much, 'c');
    co_await files::write_text(in.plain + "/from", text);
    const std::uint64_t n = co_await files::copy(in.plain + "/from", in.plain + "/to");
    const std::string copied = co_await files::read_text(in.plain + "/to");
    expect(n == much && copied == text, "the copy is not the same");
}

// Whose size the kernel does not know, so that it is copied by hand.
coro<> copy_what_is_made_up(const folders& in) {
    const std::uint64_t n = co_await files::copy("/proc/version", in.plain + "/to");
    const std::string copied = co_await files::read_text(in.plain + "/to");
    const std::string all = co_await files::read_text("/proc/version");
    expect(n == all.size() && copied == all, "the copy is not the same");
}

coro<> use_a_temporary_file(const folders& in) {
    files::file f = co_await files::temporary_file(in.owned);
    co_await f.write("gone soon");
    co_await f.close();
}

coro<> use_temporary_ones(const folders& in) {
    co_await use_a_temporary_file(in);
    files::owned_directory d = co_await files::temporary_directory(in.owned);
    co_await files::write_text(d / "file", "text");
    co_await d.remove();
    const files::owned_directory left_to_its_end = co_await files::temporary_directory(in.owned);
}

coro<> use_a_fifo(const folders& in) {
    const std::string path = in.plain + "/fifo";
    expect(::mkfifo(path.c_str(), 0600) == 0, "there is no FIFO");
    files::file both = co_await files::open(path, "r+");
    co_await both.write("through\n");
    const std::string line = co_await both.readline();
    expect(line == "through\n", "the FIFO has changed it");
}

// An end that blocks, as standard input does that others share.
coro<> use_a_blocking_pipe(const folders&) {
    int ends[2];
    expect(::pipe(ends) == 0, "there is no pipe");
    files::file in;
    files::file out;
    try {
        in = files::file::adopt(ends[0], "the end to read from");
        ends[0] = -1;
        out = files::file::adopt(ends[1], "the end to write to");
        ends[1] = -1;
    } catch (...) {
        for (const int end : ends) {
            if (end >= 0) {
                ::close(end);
            }
        }
        throw;
    }
    co_await out.write("through\n");
    const std::string line = co_await in.readline();
    expect(line == "through\n", "the pipe has changed it");
}

constexpr outside_part parts[] = {
    {"contents", use_contents},
    {"a file", use_a_file},
    {"the end of a file", use_the_end_of_a_file},
    {"names", use_names},
    {"copy", copy_a_file},
    {"copy by hand", copy_a_file, call::copy_file_range, EXDEV},
    {"copy of what is made up", copy_what_is_made_up},
    {"temporary", use_temporary_ones},
    {"temporary with a name", use_a_temporary_file, call::open, EOPNOTSUPP},
    {"a FIFO", use_a_fifo},
    {"a blocking pipe", use_a_blocking_pipe}};

[[maybe_unused]] const bool added = add_parts(parts);

void without_each_call_of_all(backend_kind backend) {
    for (const outside_part& part : parts) {
        without_each_call(part, backend);
    }
}

}  // namespace

TEST_CASE("files with threads, each system call failing once, leave nothing and lose no byte") {
    without_each_call_of_all(backend_kind::epoll);
}

TEST_CASE("files on io_uring, each request failing once, leave nothing and lose no byte") {
    without_each_call_of_all(backend_kind::uring);
}
