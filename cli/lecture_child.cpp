// SPDX-License-Identifier: MIT
#include "cli/lecture_child.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/progress.hpp"
#include "nurt/base/error.hpp"

extern char** environ;

namespace nurt::cli {

namespace {

volatile std::sig_atomic_t interrupted = 0;
struct sigaction before_int;
struct sigaction before_term;

// How long a wait lasts until the flag is looked at again: the signal may come just before it.
constexpr int look_again = 50;  // ms

// How long a child that was asked to stop may take.
constexpr int patience = 2000;  // ms

class spawn_actions {
public:
    spawn_actions() { posix_spawn_file_actions_init(&actions_); }
    spawn_actions(const spawn_actions&) = delete;
    spawn_actions& operator=(const spawn_actions&) = delete;
    ~spawn_actions() { posix_spawn_file_actions_destroy(&actions_); }
    posix_spawn_file_actions_t* get() noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_;
};

}  // namespace

interrupt_flag::interrupt_flag() {
    interrupted = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { interrupted = 1; };  // no SA_RESTART: waits end early
    sigaction(SIGINT, &action, &before_int);
    sigaction(SIGTERM, &action, &before_term);
}

interrupt_flag::~interrupt_flag() {
    sigaction(SIGINT, &before_int, nullptr);
    sigaction(SIGTERM, &before_term, nullptr);
}

void interrupt_flag::check() {
    if (interrupted != 0) throw keyboard_interrupt();
}

child::child(const std::vector<std::string>& arguments, output out) {
    if (out == output::inherited) {
        start(arguments, STDOUT_FILENO);
        return;
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw os_error(errno, "pipe");
    output_ = ends[0];
    try {
        start(arguments, ends[1]);
    } catch (...) {
        close(ends[0]);
        close(ends[1]);
        throw;
    }
    close(ends[1]);
}

void child::start(const std::vector<std::string>& arguments, int out) {
    std::vector<std::string> words = {"nurt", "--end-with", std::to_string(getpid())};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& each : words) argv.push_back(each.data());
    argv.push_back(nullptr);
    spawn_actions actions;
    posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(actions.get(), out, STDOUT_FILENO);
    const int failed =
        posix_spawn(&pid_, "/proc/self/exe", actions.get(), nullptr, argv.data(), environ);
    if (failed != 0) {
        pid_ = -1;
        throw os_error(failed, "start nurt " + arguments.front());
    }
}

child::~child() {
    if (output_ >= 0) close(output_);
    if (reap(WNOHANG)) return;
    kill(pid_, SIGTERM);
    for (int waited = 0; waited < patience; waited += look_again) {
        if (reap(WNOHANG)) return;
        poll(nullptr, 0, waited == 0 ? 1 : look_again);
    }
    kill(pid_, SIGKILL);
    reap(0);
}

bool child::reap(int flags) {
    if (pid_ < 0) return true;
    int status = 0;
    pid_t got = 0;
    do {
        got = waitpid(pid_, &status, flags);
    } while (got < 0 && errno == EINTR);
    if (got == 0) return false;
    code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    pid_ = -1;
    return true;
}

int child::wait() {
    while (!reap(WNOHANG)) {
        interrupt_flag::check();
        poll(nullptr, 0, look_again / 5);
    }
    interrupt_flag::check();
    return code_;
}

child::read_t child::read_line(std::string& line, int milliseconds) {
    for (;;) {
        if (const auto end = buffer_.find('\n'); end != buffer_.npos) {
            line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return read_t::line;
        }
        interrupt_flag::check();
        pollfd readable{output_, POLLIN, 0};
        const int count = poll(&readable, 1, milliseconds);
        if (count < 0) continue;  // a signal
        if (count == 0) return read_t::nothing;
        char bytes[4096];
        const ssize_t size = read(output_, bytes, sizeof bytes);
        if (size == 0) return read_t::end;
        if (size > 0) buffer_.append(bytes, static_cast<std::size_t>(size));
    }
}

local_httpbin::local_httpbin() : server_({"httpbin", "--host", "127.0.0.1", "--port", "0"}) {
    // It says where it listens in its first line: "... http://127.0.0.1:41234 ...".
    std::string line;
    child::read_t got = child::read_t::nothing;
    while (got == child::read_t::nothing) got = server_.read_line(line, look_again);
    const auto start = line.find("http://");
    if (got == child::read_t::end || start == line.npos) {
        throw error("nurt httpbin did not start; try it alone: nurt httpbin --port 0");
    }
    url_ = line.substr(start, line.find_first_of(" \t\r", start) - start);
    while (url_.ends_with('/')) url_.pop_back();
}

void end_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);  // it was gone before that
}

bool utf8_output() {
    return options_for(stdout).utf8;
}

}  // namespace nurt::cli
