// SPDX-License-Identifier: MIT
// Requests about files, on every ring; a backend that has none says so.
#include "tests/io/worlds.hpp"

#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using nurt::io::file_call;
using nurt_test::few_waits;

namespace {

class test_request final : public nurt::io::file_request {
public:
    test_request(file_call code, int on) {
        what = code;
        descriptor = on;
    }
    test_request(file_call code, const std::string& name, unsigned how = 0, unsigned rights = 0)
        : test_request(code, AT_FDCWD) {
        path = name.c_str();
        flags = how;
        mode = rights;
    }
    test_request(file_call code, int on, std::string& memory, std::int64_t at = 0)
        : test_request(code, on) {
        data = memory.data();
        size = memory.size();
        offset = at;
    }
    void complete() noexcept override { ++completions; }

    int completions = 0;
};

// A new directory, removed at the end with the files that the tests leave in it.
struct directory {
    directory() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
    ~directory() {
        for (const char* name : {"/a", "/b", "/c"}) {
            ::unlink((path + name).c_str());
        }
        ::rmdir(path.c_str());
    }
    std::string operator/(const char* name) const { return path + "/" + name; }

    std::string path = "/tmp/nurt-test-XXXXXX";
};

struct pipe_ends {
    pipe_ends() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
    ~pipe_ends() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    int ends[2];
};

// False: this backend leaves files to threads.
template <class World>
bool has_files(World& w) {
    return std::string(w.io->name()) == "io_uring";
}

template <class World>
std::int64_t run(World& w, test_request& r) {
    REQUIRE(w.io->submit_file(r));
    const nurt::instant end = w.clock->now() + nurt::seconds(5);
    while (r.completions == 0 && w.clock->now() < end) {
        w.io->wait(end);
    }
    REQUIRE(r.completions == 1);
    CHECK(!r.in_flight);
    return r.result;
}

template <class World>
std::int64_t run(World& w, test_request&& r) {
    return run(w, r);
}

template <class World>
int open(World& w, const std::string& path, unsigned flags) {
    return static_cast<int>(run(w, test_request(file_call::open, path, flags | O_CLOEXEC, 0600)));
}

}  // namespace

TEST_CASE_TEMPLATE("what is written to a file can be read from it", W, ON_EVERY_BACKEND) {
    W w;
    directory dir;
    if (!has_files(w)) {
        test_request refused(file_call::open, dir / "a", O_RDONLY);
        CHECK(!w.io->submit_file(refused));
        CHECK(!w.io->close_file(-1));
        return;
    }
    const int file = open(w, dir / "a", O_RDWR | O_CREAT);
    REQUIRE(file >= 0);
    std::string text = "hello world";
    CHECK(run(w, test_request(file_call::write, file, text)) == 11);
    std::string back(20, '.');
    CHECK(run(w, test_request(file_call::read, file, back, 6)) == 5);
    CHECK(back.substr(0, 6) == "world.");
    CHECK(run(w, test_request(file_call::fsync, file)) == 0);
    CHECK(run(w, test_request(file_call::fdatasync, file)) == 0);
    CHECK(run(w, test_request(file_call::close, file)) == 0);
    CHECK(run(w, test_request(file_call::fsync, file)) == -EBADF);
}

TEST_CASE_TEMPLATE("names of files are made, changed and taken away", W, ON_THE_KERNEL) {
    W w;
    directory dir;
    if (!has_files(w)) {
        return;
    }
    const std::string a = dir / "a";
    const std::string b = dir / "b";
    const std::string c = dir / "c";
    CHECK(run(w, test_request(file_call::mkdir, a, 0, 0700)) == 0);
    CHECK(run(w, test_request(file_call::mkdir, a, 0, 0700)) == -EEXIST);
    test_request rename(file_call::rename, a);
    rename.other = b.c_str();
    CHECK(run(w, rename) == 0);
    test_request symlink(file_call::symlink, b);
    symlink.other = c.c_str();
    CHECK(run(w, symlink) == 0);
    struct statx about{};
    test_request stat(file_call::stat, c, 0, STATX_BASIC_STATS);
    stat.data = &about;
    CHECK(run(w, stat) == 0);
    CHECK(S_ISDIR(about.stx_mode));
    CHECK(run(w, test_request(file_call::unlink, b)) == -EISDIR);
    CHECK(run(w, test_request(file_call::unlink, b, AT_REMOVEDIR)) == 0);
    CHECK(run(w, test_request(file_call::unlink, c)) == 0);
    CHECK(run(w, test_request(file_call::open, a, O_RDONLY)) == -ENOENT);
}

TEST_CASE_TEMPLATE("a hundred requests at once are all answered, whatever the queue", W,
                   ON_THE_KERNEL) {
    W w;
    directory dir;
    if (!has_files(w)) {
        return;
    }
    const int file = open(w, dir / "a", O_RDWR | O_CREAT);
    std::vector<std::string> memory;
    for (int i = 0; i < 100; ++i) {
        memory.push_back(std::to_string(1000 + i));
    }
    std::vector<std::unique_ptr<test_request>> all;
    for (int i = 0; i < 100; ++i) {
        all.push_back(std::make_unique<test_request>(file_call::write, file,
                                                     memory[static_cast<std::size_t>(i)], i * 4));
        REQUIRE(w.io->submit_file(*all.back()));
    }
    CHECK(w.io->in_flight() == 100);
    const nurt::instant end = w.clock->now() + nurt::seconds(5);
    while (w.io->in_flight() != 0 && w.clock->now() < end) {
        w.io->wait(end);
    }
    int complete = 0;
    for (const auto& r : all) {
        complete += r->completions == 1 && r->result == 4 ? 1 : 0;
    }
    CHECK(complete == 100);
    std::string last(8, '.');
    CHECK(run(w, test_request(file_call::read, file, last, 396)) == 4);
    CHECK(last.substr(0, 4) == "1099");
    CHECK(run(w, test_request(file_call::close, file)) == 0);
}

TEST_CASE_TEMPLATE("P1: a request that is cancelled ends once, and its memory is free then", W,
                   ON_THE_KERNEL) {
    W w;
    const pipe_ends pipe;
    if (!has_files(w)) {
        return;
    }
    std::string memory(10, '.');
    test_request never(file_call::read, pipe.ends[0], memory, -1);
    REQUIRE(w.io->submit_file(never));
    w.settle();
    CHECK(never.completions == 0);
    if (!w.io->cancel_file(never)) {
        for (int i = 0; i < few_waits && never.completions == 0; ++i) {
            w.io->wait(w.clock->now() + nurt::seconds(1));
        }
        CHECK(never.completions == 1);
        const bool cancelled = never.result == -ECANCELED || never.result == -EINTR;
        CHECK(cancelled);
    }
    CHECK(w.io->in_flight() == 0);
    REQUIRE(::write(pipe.ends[1], "later", 5) == 5);
    w.settle();
    CHECK(memory == "..........");
}

TEST_CASE_TEMPLATE("requests that still wait in line are cancelled at once", W, ON_THE_KERNEL) {
    W w;
    const pipe_ends pipe;
    if (!has_files(w)) {
        return;
    }
    std::vector<std::string> memory(600, std::string(4, '.'));
    std::vector<std::unique_ptr<test_request>> all;
    for (std::string& m : memory) {
        all.push_back(std::make_unique<test_request>(file_call::read, pipe.ends[0], m, -1));
        REQUIRE(w.io->submit_file(*all.back()));
    }
    int at_once = 0;
    for (const auto& r : all) {
        at_once += w.io->cancel_file(*r) ? 1 : 0;
    }
    const nurt::instant end = w.clock->now() + nurt::seconds(5);
    while (w.io->in_flight() != 0 && w.clock->now() < end) {
        w.io->wait(end);
    }
    CHECK(w.io->in_flight() == 0);
    int later = 0;
    for (const auto& r : all) {
        later += r->completions;
    }
    CHECK(at_once > 300);
    CHECK(at_once + later == 600);
}

TEST_CASE_TEMPLATE("a backend ends with requests about files in flight", W, ON_THE_KERNEL) {
    const pipe_ends pipe;
    directory dir;
    std::string memory(10, '.');
    test_request never(file_call::read, pipe.ends[0], memory, -1);
    const std::string name = dir / "a";
    test_request opened(file_call::open, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const auto clock = nurt::make_monotonic_clock();
    const nurt::instant start = clock->now();
    {
        W w;
        if (!has_files(w)) {
            return;
        }
        REQUIRE(w.io->submit_file(never));
        REQUIRE(w.io->submit_file(opened));
        const int other = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (!w.io->close_file(other)) {  // the queue is full
            ::close(other);
        }
    }
    CHECK(never.completions + opened.completions == 0);
    CHECK((clock->now() - start).seconds() < 2);
    REQUIRE(::write(pipe.ends[1], "later", 5) == 5);
    CHECK(memory == "..........");
}
