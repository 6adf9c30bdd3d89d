// SPDX-License-Identifier: MIT
// tests/real/process_test.cpp: what a child is given and what comes back from it.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/core/as_completed.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/race.hpp"
#include "nurt/core/shield.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/process/process.hpp"
#include "nurt/stream/pipe.hpp"
#include "tests/real/folder.hpp"
#include "tests/real/reality.hpp"

using namespace nurt;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

coro<std::string> output_of(std::string command, process_options options = {}) {
    options.stdout = subprocess::pipe;
    process p = co_await create_subprocess_shell(command, options);
    process_output output = co_await p.communicate();
    co_return std::move(output.out);
}

// A field of /proc/PID/stat behind the name; 1 is the state.
int stat_field(int pid, int number) {
    std::string line(1024, '\0');
    std::FILE* file = std::fopen(("/proc/" + std::to_string(pid) + "/stat").c_str(), "r");
    REQUIRE(file != nullptr);
    line.resize(std::fread(line.data(), 1, line.size(), file));
    std::fclose(file);
    std::istringstream rest(line.substr(line.rfind(')') + 1));
    std::string word;
    for (int i = 0; i < number; ++i) rest >> word;
    return std::stoi(word);
}

// While it lives, no descriptor can be opened.
class no_descriptor_left {
public:
    no_descriptor_left() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const int free = ::fcntl(1, F_DUPFD_CLOEXEC, 3);
        REQUIRE(free > 0);
        ::close(free);
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(free);
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
    }
    ~no_descriptor_left() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

void make_program(const std::string& path, const std::string& script, unsigned mode) {
    const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    REQUIRE(::write(made, script.data(), script.size()) == static_cast<ssize_t>(script.size()));
    ::close(made);
}

}  // namespace

// test_communicate, test_stdin_stdout
TEST_CASE("communicate gives the child its input and takes what it writes to both streams") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_shell(
            "cat; echo oops >&2; exit 3",
            {.stdin = subprocess::pipe, .stdout = subprocess::pipe, .stderr = subprocess::pipe});
        const std::string long_text(300'000, 'x');  // more than both pipes hold
        const process_output output = co_await p.communicate(long_text);
        CHECK(output.out == long_text);
        CHECK(output.err == "oops\n");
        CHECK(p.returncode() == 3);
    });
}

TEST_CASE("streams of a child are read and written line by line") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_exec(
            "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe, .limit = 10});
        for (const std::string line : {"one\n", "two\n", "three\n"}) {
            co_await p.stdin().write(line);
            const std::string back = co_await p.stdout().readline();
            CHECK(back == line);
        }
        CHECK(p.stdout().limit() == 10);
        CHECK_FALSE(p.returncode());
        p.stdin().shutdown_write();
        const std::string end = co_await p.stdout().readline();
        CHECK(end.empty());
        const int code = co_await p.wait();
        CHECK(code == 0);
    });
}

// test_shell, test_start_new_session's exit codes, test_kill
TEST_CASE("the returncode is the exit code, or minus the signal") {
    in_reality([]() -> coro<> {
        process seven = co_await create_subprocess_shell("exit 7");
        CHECK_FALSE(seven.returncode());
        const int code = co_await seven.wait();
        CHECK(code == 7);
        CHECK(seven.returncode() == 7);
        process killed = co_await create_subprocess_shell("kill -USR1 $$");
        const int signal = co_await killed.wait();
        CHECK(signal == -SIGUSR1);
        process asleep = co_await create_subprocess_exec("sleep", {"60"});
        asleep.terminate();
        const int terminated = co_await asleep.wait();
        CHECK(terminated == -SIGTERM);
        process stopped = co_await create_subprocess_exec("sleep", {"60"});
        stopped.send_signal(SIGSTOP);
        stopped.kill();
        const int was_killed = co_await stopped.wait();
        CHECK(was_killed == -SIGKILL);
    });
}

TEST_CASE("the ends of several children are gathered, raced and shielded as they are") {
    in_reality([]() -> coro<> {
        process a = co_await create_subprocess_shell("exit 1");
        process b = co_await create_subprocess_shell("exit 2");
        const auto both = co_await gather(a.wait(), b.wait());
        CHECK(std::get<0>(both) == 1);
        CHECK(std::get<1>(both) == 2);
        process asleep = co_await create_subprocess_exec("sleep", {"60"});
        const auto first = co_await race(asleep.wait(), a.wait());
        CHECK(first.index == 1);
        co_await error_of<timeout_error>(
            [](process& p) -> coro<> { co_await wait_for(p.wait(), milliseconds(5)); }(asleep));
        task<int> waiting = create_task(asleep.wait());
        std::vector<coro<int>> all;
        all.push_back(asleep.wait());
        asleep.kill();
        for (auto next : as_completed(std::move(all))) {
            const int code = co_await std::move(next);
            CHECK(code == -SIGKILL);
        }
        const int code = co_await shield(std::move(waiting));
        CHECK(code == -SIGKILL);
    });
}

TEST_CASE("what cannot be started says what and why") {
    in_reality([]() -> coro<> {
        const auto missing = co_await error_of<os_error>(create_subprocess_exec("/no/such"));
        CHECK(missing.what() == std::string("spawn /no/such: No such file or directory"));
        CHECK(missing.number() == ENOENT);
        const auto unknown = co_await error_of<os_error>(create_subprocess_exec("no-such-program"));
        CHECK(unknown.number() == ENOENT);
        const auto data = co_await error_of<os_error>(create_subprocess_exec("/etc/passwd"));
        CHECK(data.what() == std::string("spawn /etc/passwd: Permission denied"));
        const auto nowhere =
            co_await error_of<os_error>(create_subprocess_exec("true", {}, {.cwd = "/no/where"}));
        CHECK(nowhere.what() ==
              std::string("spawn true: change to /no/where: No such file or directory"));
        const auto closed =
            co_await error_of<os_error>(create_subprocess_exec("true", {}, {.stdout = 987654}));
        CHECK(closed.what() ==
              std::string("spawn true: descriptor 987654 for stdout: Bad file descriptor"));
        const int none[] = {987654};
        const auto passed =
            co_await error_of<os_error>(create_subprocess_exec("true", {}, {.pass_fds = none}));
        CHECK(passed.what() ==
              std::string("spawn true: descriptor 987654 of pass_fds: Bad file descriptor"));
        const auto unnamed = co_await error_of<os_error>(create_subprocess_exec(""));
        CHECK(unnamed.what() == std::string("spawn '': No such file or directory"));
        const nurt_test::folder dir;
        make_program(dir.path("script"), "#!/no/such/shell\n", 0700);
        const auto script = co_await error_of<os_error>(create_subprocess_exec(dir.path("script")));
        CHECK(script.what() == "spawn " + dir.path("script") +
                                   " (it is there, but not the interpreter that it names): "
                                   "No such file or directory");
        const auto nonsense = co_await error_of<usage_error>(
            create_subprocess_exec("true", {}, {.stdin = subprocess::to_stdout}));
        CHECK(nonsense.what() == std::string("subprocess::to_stdout is for stderr"));
    });
}

TEST_CASE("who has no descriptor left starts nothing") {
    in_reality([]() -> coro<> {
        for (const redirection errors : {subprocess::inherit, redirection(1)}) {
            std::string said;
            try {
                const no_descriptor_left now;
                const process p = co_await create_subprocess_shell("exit", {.stderr = errors});
            } catch (const os_error& e) {
                said = e.what();
            }
            CHECK(said == "spawn /bin/sh: Too many open files");
        }
    });
}

TEST_CASE("a child has the directory and the environment that it is given") {
    in_reality([]() -> coro<> {
        const std::string there = co_await output_of("pwd", {.cwd = "/usr"});
        CHECK(there == "/usr\n");
        environment only;
        only.set("ONLY", "this").set("PATH", "/usr/bin:/bin");
        const std::string replaced = co_await output_of("echo $ONLY $HOME", {.env = &only});
        CHECK(replaced == "this\n");
        ::setenv("NURT_TEST_VARIABLE", "ours", 1);
        environment more = environment::current();
        more.set("MORE", "and more");
        const std::string extended =
            co_await output_of("echo $NURT_TEST_VARIABLE $MORE", {.env = &more});
        CHECK(extended == "ours and more\n");
        const std::string inherited = co_await output_of("echo $NURT_TEST_VARIABLE");
        CHECK(inherited == "ours\n");
        ::unsetenv("NURT_TEST_VARIABLE");
    });
}

// Popen's search: os.get_exec_path(env)
TEST_CASE("a program is looked for in the PATH of the environment that the child is given") {
    in_reality([]() -> coro<> {
        const nurt_test::folder dir;
        const std::string name = "nurt-test-program";
        ::mkdir(dir.path("not").c_str(), 0700);
        ::mkdir(dir.path("bin").c_str(), 0700);
        make_program(dir.path("not/" + name), "#!/bin/sh\necho no\n", 0600);
        make_program(dir.path("bin/" + name), "#!/bin/sh\necho $0 $1\n", 0700);
        environment env;
        env.set("PATH", dir.path("none") + ":" + dir.path("not") + ":" + dir.path("bin"));
        process found = co_await create_subprocess_exec(name, {"word"},
                                                        {.stdout = subprocess::pipe, .env = &env});
        const process_output output = co_await found.communicate();
        CHECK(output.out == dir.path("bin/" + name) + " word\n");

        env.set("PATH", "bin");
        process relative = co_await create_subprocess_exec(
            name, {}, {.stdout = subprocess::pipe, .cwd = dir.path(""), .env = &env});
        const process_output there = co_await relative.communicate();
        CHECK(there.out == "bin/" + name + "\n");

        env.set("PATH", dir.path("not") + ":" + dir.path("none"));
        const auto refused =
            co_await error_of<os_error>(create_subprocess_exec(name, {}, {.env = &env}));
        CHECK(refused.what() == "spawn " + name + ": Permission denied");
        env.set("PATH", dir.path("none"));
        const auto missing =
            co_await error_of<os_error>(create_subprocess_exec(name, {}, {.env = &env}));
        CHECK(missing.what() == "spawn " + name + ": No such file or directory");
        const environment empty;  // has the system's programs
        process shell = co_await create_subprocess_exec("true", {}, {.env = &empty});
        const int code = co_await shell.wait();
        CHECK(code == 0);
    });
}

TEST_CASE("what the options refer to may go before the child is started") {
    in_reality([]() -> coro<> {
        auto make = [] {
            const std::string directory = "/usr/share/../bin/../share";
            environment env;
            env.set("GONE", "and yet there");
            return create_subprocess_shell(
                "pwd -L; echo $GONE", {.stdout = subprocess::pipe, .cwd = directory, .env = &env});
        };
        coro<process> starting = make();
        process p = co_await std::move(starting);
        const process_output output = co_await p.communicate();
        CHECK(output.out == "/usr/share\nand yet there\n");
    });
}

// test_start_new_session; Popen's process_group
TEST_CASE("a child may lead a session or a group, or join one") {
    in_reality([]() -> coro<> {
        constexpr int group = 3;
        constexpr int session = 4;
        process ours = co_await create_subprocess_exec("sleep", {"60"});
        process leader = co_await create_subprocess_exec("sleep", {"60"}, {.process_group = 0});
        process member =
            co_await create_subprocess_exec("sleep", {"60"}, {.process_group = leader.pid()});
        process apart =
            co_await create_subprocess_exec("sleep", {"60"}, {.start_new_session = true});
        CHECK(stat_field(ours.pid(), group) == ::getpgrp());
        CHECK(stat_field(leader.pid(), group) == leader.pid());
        CHECK(stat_field(member.pid(), group) == leader.pid());
        CHECK(stat_field(apart.pid(), session) == apart.pid());
    });
}

TEST_CASE("no descriptor leaks into a child, not even one without close-on-exec") {
    in_reality([]() -> coro<> {
        const int careless = ::open("/dev/null", O_RDONLY);
        auto [reading, writing] = open_pipe();
        process other = co_await create_subprocess_exec(
            "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe});
        process p =
            co_await create_subprocess_exec("ls", {"/proc/self/fd"}, {.stdout = subprocess::pipe});
        const process_output listed = co_await p.communicate();
        CHECK(listed.out == "0\n1\n2\n3\n");  // 3 is the directory that it reads
        ::close(careless);
    });
}

TEST_CASE("descriptors of ours are marked close-on-exec, for those who start children themselves") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_exec(
            "cat", {},
            {.stdin = subprocess::pipe, .stdout = subprocess::pipe, .stderr = subprocess::pipe});
        auto [reading, writing] = open_pipe();
        std::string open;
        for (int fd = 3; fd < 100; ++fd) {
            const int flags = ::fcntl(fd, F_GETFD);
            std::string what(64, '\0');
            const auto size = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(),
                                         what.data(), what.size());
            if (flags < 0 || size < 0) continue;
            what.resize(static_cast<std::size_t>(size));
            const bool made_here = what.starts_with("pipe:") || what.starts_with("anon_inode:");
            if (made_here && (flags & FD_CLOEXEC) == 0) open += what + ' ';
        }
        CHECK(open == "");
    });
}

// Popen's pass_fds
TEST_CASE("pass_fds are passed under their numbers, and nothing between them") {
    in_reality([]() -> coro<> {
        int pipe_ends[2];
        REQUIRE(::pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) == 0);
        const int high = ::fcntl(pipe_ends[1], F_DUPFD_CLOEXEC, 40);
        const int kept[] = {high, pipe_ends[0]};
        const std::string high_name = std::to_string(high);
        const std::string listed = co_await output_of(
            "for fd in /proc/self/fd/*; do echo $fd; done; echo hello >/proc/self/fd/" + high_name,
            {.pass_fds = kept});
        CHECK(listed.find("/" + high_name + "\n") != std::string::npos);
        CHECK(listed.find("/" + std::to_string(pipe_ends[0]) + "\n") != std::string::npos);
        CHECK(listed.find("/" + std::to_string(pipe_ends[1]) + "\n") == std::string::npos);
        char word[16];
        CHECK(::read(pipe_ends[0], word, sizeof word) == 6);
        for (const int fd : {pipe_ends[0], pipe_ends[1], high}) ::close(fd);
    });
}

TEST_CASE("standard streams lead to a descriptor, to nothing, and into each other") {
    in_reality([]() -> coro<> {
        std::FILE* file = std::tmpfile();
        process p = co_await create_subprocess_shell("echo out; echo err >&2; cat",
                                                     {.stdin = subprocess::devnull,
                                                      .stdout = ::fileno(file),
                                                      .stderr = subprocess::to_stdout});
        co_await p.wait();
        char text[32] = {};
        CHECK(::pread(::fileno(file), text, sizeof text - 1, 0) == 8);
        CHECK(text == std::string("out\nerr\n"));
        std::fclose(file);
        process both = co_await create_subprocess_shell(
            "echo out; echo err >&2",
            {.stdout = subprocess::pipe, .stderr = subprocess::to_stdout});
        const process_output merged = co_await both.communicate();
        CHECK(merged.out == "out\nerr\n");
        CHECK(merged.err == "");
    });
}

// test_subprocess: fds 0 and 1 closed
TEST_CASE("pipes of a child are right in a program that has closed its own standard streams") {
    const pid_t forked = ::fork();
    if (forked == 0) {
        ::close(0);
        ::close(1);
        ::close(2);
        auto body = []() -> coro<int> {
            process p =
                co_await create_subprocess_shell("cat; echo err >&2", {.stdin = subprocess::pipe,
                                                                       .stdout = subprocess::pipe,
                                                                       .stderr = subprocess::pipe});
            const process_output output = co_await p.communicate("out\n");
            co_return output.out == "out\n" && output.err == "err\n" ? 0 : 1;
        };
        ::_exit(run(body()));
    }
    int status = -1;
    ::waitpid(forked, &status, 0);
    CHECK(status == 0);
}

// test_restore_signals
TEST_CASE("a child blocks no signal, and SIGPIPE has its default action there") {
    sigset_t block;
    sigset_t before;
    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &block, &before);
    auto* old = std::signal(SIGPIPE, SIG_IGN);
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_exec(
            "awk", {"/SigBlk|SigIgn/ {print $2}", "/proc/self/status"},
            {.stdout = subprocess::pipe});
        const process_output masks = co_await p.communicate();
        std::istringstream lines(masks.out);
        unsigned long long blocked = 1;
        unsigned long long ignored = ~0ULL;
        lines >> std::hex >> blocked >> ignored;
        CHECK(blocked == 0);
        CHECK((ignored & (1ULL << (SIGPIPE - 1))) == 0);
    });
    std::signal(SIGPIPE, old);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("a stream that is no pipe, and the wrong half of one, are refused in words") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_exec(
            "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe});
        CHECK_THROWS_WITH_AS(
            p.stderr(),
            "stderr of this process is no pipe: start it with .stderr = subprocess::pipe",
            usage_error);
        const auto unreadable = co_await error_of<os_error>(p.stdin().read(1));
        const std::string number = std::to_string(p.pid());
        CHECK(unreadable.what() ==
              "read from stdin of process " + number + ": Bad file descriptor");
        std::string refusal;
        try {
            co_await p.stdout().write("x");
        } catch (const os_error& e) {
            refusal = e.what();
        }
        CHECK(refusal == "write to stdout of process " + number + ": Bad file descriptor");
        p.stdin().close();
        const auto late = co_await error_of<usage_error>(p.communicate("input"));
        CHECK(late.what() ==
              std::string("there is input for a process whose stdin is not an open pipe"));
    });
}

TEST_CASE("a thousand children run at once") {
    in_reality([]() -> coro<> {
        std::vector<process> children;
        for (int i = 0; i < 1000; ++i) {
            children.push_back(
                co_await create_subprocess_exec("cat", {}, {.stdin = subprocess::pipe}));
        }
        for (process& each : children) {
            CHECK_FALSE(each.returncode());
            each.stdin().close();
        }
        int sum = 0;
        for (process& each : children) sum += co_await each.wait();
        CHECK(sum == 0);
    });
}
