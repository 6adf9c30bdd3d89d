// SPDX-License-Identifier: MIT
// tests/soak/soak.cpp: nurt_soak [--seconds=N] [--seed=N] [--backend=epoll|uring].
//
// Ends with 0 when everybody behaved and nothing is left: no descriptor, coroutine frame, task, operation
// or buffer of the ring, no child and no file. The seed it prints repeats the decisions, though not the timing. If nothing
// happens for half a minute it aborts.
#include "tests/soak/soak.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <dirent.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/frame_pool.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/with.hpp"
#include "nurt/io/operation.hpp"

namespace nurt_soak {

namespace {

struct counting_read final : nurt::io::operation {
    void complete() noexcept override { ++completions; }
    int completions = 0;
    char byte = 0;
};

struct reader {
    explicit reader(nurt::io::backend& io) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
            throw nurt::os_error(errno, "socketpair");
        }
        far = ends[1];
        op.target = &io.adopt(ends[0]);
        op.data = &op.byte;
        op.size = 1;
        if (io.try_now(op)) {
            throw nurt::usage_error("nothing was sent yet");
        }
        io.submit(op);
    }

    counting_read op;
    int far;
};

}  // namespace

// Each reader takes a buffer, and none is given back before all have been served.
int buffers_left(nurt::event_loop& loop, unsigned of) {
    nurt::io::backend& io = loop.backend();
    if (io.name() != std::string_view("io_uring")) {
        return -1;
    }
    std::vector<std::unique_ptr<reader>> all;
    for (unsigned i = 0; i < of; ++i) {
        all.push_back(std::make_unique<reader>(io));
    }
    io.wait(nurt::instant());
    for (const auto& each : all) {
        if (::send(each->far, "x", 1, MSG_NOSIGNAL) != 1) {
            throw nurt::os_error(errno, "send");
        }
    }
    io.wait(nurt::instant());
    int served = 0;
    for (const auto& each : all) {
        served += each->op.completions;
    }
    for (const auto& each : all) {
        io.close(*each->op.target, nurt::io::closing::flush);
        ::close(each->far);
    }
    io.wait(nurt::instant());
    io.wait(nurt::instant());
    return served;
}

namespace {

struct settings {
    std::uint64_t seed = std::random_device()();
    double seconds = 10;
    nurt::io::backend_kind backend = nurt::io::backend_kind::automatic;
};

settings read(int argc, char** argv) {
    settings s;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto value = [&] { return argv[i] + argument.find('=') + 1; };
        if (argument.starts_with("--seconds=")) {
            s.seconds = std::strtod(value(), nullptr);
        } else if (argument.starts_with("--seed=")) {
            s.seed = std::strtoull(value(), nullptr, 0);
        } else if (argument == "--backend=epoll") {
            s.backend = nurt::io::backend_kind::epoll;
        } else if (argument == "--backend=uring") {
            s.backend = nurt::io::backend_kind::uring;
        } else {
            std::fprintf(stderr, "nurt_soak: what is %s?\n", argv[i]);
            std::exit(2);
        }
    }
    return s;
}

// Aborts the program when nothing happens any more, and dumps nothing when it ends.
class watchdog {
public:
    watchdog() : thread_([this] { watch(); }) {}
    ~watchdog() {
        over_ = true;
        thread_.join();
    }

private:
    void watch() {
        std::uint64_t before = 0;
        auto since = std::chrono::steady_clock::now();
        while (!over_) {
            ::usleep(100'000);  // a signal may end it early
            const std::uint64_t now = progress.load(std::memory_order_relaxed);
            const auto time = std::chrono::steady_clock::now();
            since = now != before ? time : since;
            before = now;
            if (time - since > std::chrono::seconds(30)) {
                std::fprintf(stderr, "nothing has happened for half a minute\n");
                std::abort();
            }
        }
    }

    std::atomic<bool> over_ = false;
    std::thread thread_;
};

// Signals that arrive all the time, of a kind that interrupts system calls.
class interruptions {
public:
    interruptions() {
        struct sigaction action{};
        action.sa_handler = [](int) {};
        ::sigaction(SIGALRM, &action, nullptr);
        set(3700);
    }
    ~interruptions() { set(0); }

private:
    static void set(long microseconds) {
        const itimerval every{{0, microseconds}, {0, microseconds}};
        ::setitimer(ITIMER_REAL, &every, nullptr);
    }
};

coro<> soak(const settings& chosen, const std::string& folder, std::string& failures) {
    world w(chosen.seed, nurt::seconds(chosen.seconds));
    w.folder = folder;
    w.file = ::memfd_create("soak", MFD_CLOEXEC);
    const std::string content = patterned(0, file_size);
    if (::pwrite(w.file, content.data(), content.size(), 0) != ssize_t{file_size}) {
        throw nurt::os_error(errno, "pwrite");
    }
    nurt::event_loop::running().set_exception_handler([&w](const nurt::error_context& c) {
        try {
            std::rethrow_exception(c.error);
        } catch (const nurt::os_error&) {
            w.did("loop: error in a server");
        } catch (...) {
            w.wrong(std::string(c.message) + ": " + nurt::describe(c.error));
        }
    });
    auto everybody = [&w](nurt::task_group& group) -> coro<> {
        co_await servers(w, group);
        co_await clients(w, group);
        co_await children(w, group);
        co_await signals(w, group);
        co_await datagrams(w, group);
        co_await unix_sockets(w, group);
        co_await shared_files(w, group);
        co_await names(w, group);
#ifdef NURT_SOAK_TLS
        co_await tls_crowd(w, group);
#endif
        group.create_task(http_crowd(w, group), "HTTP").detach();
    };
    co_await nurt::with(nurt::task_group(), everybody);
    co_await nurt::sleep(nurt::milliseconds(50));  // what was closed is gone
    ::close(w.file);
    w.report();
    failures = w.failures;
}

int open_descriptors() {
    int count = 0;
    DIR* directory = ::opendir("/proc/self/fd");
    while (::readdir(directory) != nullptr) {
        ++count;
    }
    ::closedir(directory);
    return count;
}

// Where the actors make their files.
class folder {
public:
    folder() {
        std::string name = std::filesystem::temp_directory_path() / "nurt-soak-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) {
            throw nurt::os_error(errno, "mkdtemp");
        }
        path_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const noexcept { return path_; }

    // How many files are in it; says which.
    int left() const {
        int count = 0;
        for (const auto& file : std::filesystem::recursive_directory_iterator(path_)) {
            std::fprintf(stderr, "left: %s\n", file.path().c_str());
            ++count;
        }
        return count;
    }

private:
    std::string path_;
};

// How many children there are, dead ones included; says which.
int children_left() {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD) {
        return 0;
    }
    int count = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream children(thread.path() / "children");
        for (std::string number; children >> number; ++count) {
            std::ifstream command("/proc/" + number + "/stat");
            std::string line;
            std::getline(command, line);
            std::fprintf(stderr, "left: %s\n", line.c_str());
        }
    }
    return count;
}

// False, and a line, when something is left.
bool same(const char* what, std::int64_t before, std::int64_t after) {
    if (before != after) {
        std::fprintf(stderr, "%s: %lld before, %lld after\n", what, static_cast<long long>(before),
                     static_cast<long long>(after));
    }
    return before == after;
}

bool run_and_count(const settings& chosen) {
    const folder own_folder;
    const int descriptors = open_descriptors();
    const std::int64_t frames = nurt::frame_pool::live();
    std::string failures;
    bool clean = true;
    {
        nurt::runner runner({.backend = chosen.backend});
        std::printf("on %s, seed %llu\n", runner.loop().backend().name(),
                    static_cast<unsigned long long>(chosen.seed));
        std::fflush(stdout);
        const watchdog watching;
        const interruptions interrupting;
        const int before = buffers_left(runner.loop(), 128);
        runner.run(soak(chosen, own_folder.path(), failures));
        clean = same("operations in flight", 0,
                     static_cast<std::int64_t>(runner.loop().backend().in_flight())) &&
                clean;
        clean = same("buffers of the ring", before, buffers_left(runner.loop(), 128)) && clean;
    }
    clean = same("descriptors", descriptors, open_descriptors()) && clean;
    clean = same("files", 0, own_folder.left()) && clean;
    clean = same("children", 0, children_left()) && clean;
    clean = same("frames", frames, nurt::frame_pool::live()) && clean;
    return clean && failures.empty();
}

}  // namespace

}  // namespace nurt_soak

int main(int argc, char** argv) {
    const auto chosen = nurt_soak::read(argc, argv);
    bool clean = false;
    try {
        clean = nurt_soak::run_and_count(chosen);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
    }
    if (!clean) {
        std::fprintf(stderr, "FAILED: nurt_soak --seed=%llu\n",
                     static_cast<unsigned long long>(chosen.seed));
    }
    return clean ? 0 : 1;
}
