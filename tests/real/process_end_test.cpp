// SPDX-License-Identifier: MIT
// tests/real/process_end_test.cpp: how children end: waited for, cancelled, dropped, or taken away.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_subprocess.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/process/process.hpp"
#include "nurt/stream/pipe.hpp"
#include "tests/real/reality.hpp"
#include "tests/support/support.hpp"

using namespace nurt;
using nurt_test::in_reality;

namespace {

// Looks, and reaps nobody.
bool no_child_left() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

coro<int> end_of(const process& child) {
    co_return co_await child.wait();
}

bool is_alive(int pid) {
    return ::kill(pid, 0) == 0;
}

coro<process> asleep() {
    return create_subprocess_exec("sleep", {"60"});
}

// What the exception handler is told while the body runs.
template <class Body>
std::vector<std::string> reports_of(Body body) {
    std::vector<std::string> errors;
    nurt_test::in_loop(services(), std::move(body), &errors);
    return errors;
}

}  // namespace

// test_communicate_ignore_broken_pipe
TEST_CASE("S167: communicate does not mind that the child reads nothing") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_shell("exit 4", {.stdin = subprocess::pipe});
        co_await p.communicate(std::string(1'000'000, 'x'));
        CHECK(p.returncode() == 4);
    });
}

// test_subprocess_concurrent_wait
TEST_CASE("S167: several tasks wait for one child") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_shell("exit 9");
        const auto codes = co_await gather(end_of(p), end_of(p), end_of(p));
        CHECK((codes == std::tuple(9, 9, 9)));
    });
}

// test_cancel_process_wait
TEST_CASE("S167: a wait that is cancelled leaves the child and the others alone") {
    in_reality([]() -> coro<> {
        process p = co_await asleep();
        task<int> one = create_task(end_of(p));
        task<int> two = create_task(end_of(p));
        co_await sleep(seconds(0));
        one.cancel();
        co_await gather(return_exceptions, one);
        CHECK(one.cancelled());
        CHECK(is_alive(p.pid()));
        p.kill();
        const int code = co_await two;
        CHECK(code == -SIGKILL);
    });
}

// test_cancel_make_subprocess_transport_exec
TEST_CASE("S168: cancelled while it starts a child, a task leaves neither child nor pipes") {
    in_reality([]() -> coro<> {
        auto start = [](std::string marker) -> coro<> {
            process p = co_await create_subprocess_exec("sleep", {marker},
                                                        {.stdin = subprocess::pipe,
                                                         .stdout = subprocess::pipe,
                                                         .stderr = subprocess::pipe});
        };
        co_await sleep(milliseconds(1));  // so that the loop has opened what it needs
        const auto before = nurt_test::open_descriptors();
        task<> starting = create_task(start("61.5"));
        co_await sleep(seconds(0));  // it has started the child, and lets others run
        CHECK_FALSE(no_child_left());
        starting.cancel();
        co_await gather(return_exceptions, starting);
        CHECK(starting.cancelled());
        while (!no_child_left()) co_await sleep(milliseconds(1));
        for (int i = 0; i < 1000 && nurt_test::open_descriptors() != before; ++i) {
            co_await sleep(milliseconds(1));  // io_uring gives back what it was asked for first
        }
        CHECK(nurt_test::open_descriptors() == before);
    });
}

// test_close_kill_running
TEST_CASE("S169: a child that runs is killed when its object goes, and reaped by the end of run") {
    int pid = 0;
    in_reality([&pid]() -> coro<> {
        const process p = co_await asleep();
        pid = p.pid();
        CHECK(is_alive(pid));
    });
    CHECK_FALSE(is_alive(pid));
    CHECK(no_child_left());
}

// test_close_dont_kill_finished
TEST_CASE("S169: who waits for a child whose object goes learns that it was killed") {
    in_reality([]() -> coro<> {
        std::optional<process> p = co_await asleep();
        const task<int> waiting = create_task(end_of(*p));
        co_await sleep(seconds(0));
        p.reset();
        const int code = co_await waiting;
        CHECK(code == -SIGKILL);
    });
}

// test_subprocess_send_signal_race
TEST_CASE("S170: a signal for a child that has ended reaches nobody else") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_exec("true");
        siginfo_t info{};
        REQUIRE(::waitid(P_PID, static_cast<id_t>(p.pid()), &info, WEXITED | WNOWAIT) == 0);
        CHECK_NOTHROW(p.send_signal(SIGTERM));  // it has ended, but nobody knows
        co_await p.wait();
        CHECK_THROWS_AS(p.send_signal(SIGTERM), process_lookup_error);
        CHECK_THROWS_AS(p.terminate(), process_lookup_error);
        CHECK_THROWS_AS(p.kill(), process_lookup_error);
        CHECK(p.returncode() == 0);
    });
}

// A process that pauses, with this number. -1: somebody else has it.
static pid_t process_with_number(std::FILE* last_pid, pid_t number) {
    for (int attempt = 0; attempt < 20; ++attempt) {
        std::fprintf(last_pid, "%d", number - 1);
        std::fflush(last_pid);
        std::rewind(last_pid);
        const pid_t made = ::fork();
        if (made == 0) {
            ::pause();
            ::_exit(0);
        }
        if (made == number) {
            return made;
        }
        ::kill(made, SIGKILL);
        ::waitpid(made, nullptr, 0);
    }
    return -1;
}

// Writing there gives the next process that number; only root may.
TEST_CASE("S170: a signal does not reach a new process that was given the number of the child") {
    std::FILE* last = std::fopen("/proc/sys/kernel/ns_last_pid", "r+");
    if (last == nullptr) return;
    std::size_t children = 0;
    const auto errors = reports_of([last, &children]() -> coro<> {
        for (pid_t stranger = -1; stranger < 0;) {
            REQUIRE(++children <= 50);  // other programs take numbers as well
            process p = co_await create_subprocess_exec("true");
            REQUIRE(::waitpid(p.pid(), nullptr, 0) == p.pid());  // behind the loop's back
            stranger = process_with_number(last, p.pid());
            CHECK_NOTHROW(p.kill());
            const int code = co_await p.wait();
            CHECK(code == 255);
            if (stranger > 0) {
                CHECK(::waitpid(stranger, nullptr, WNOHANG) == 0);
                ::kill(stranger, SIGKILL);
                ::waitpid(stranger, nullptr, 0);
            }
        }
    });
    std::fclose(last);
    CHECK(errors.size() == children);
}

// test_read_stdout_after_process_exit
TEST_CASE("S171: what a child has written before it ended is read afterwards") {
    in_reality([]() -> coro<> {
        process p =
            co_await create_subprocess_shell("echo before the end", {.stdout = subprocess::pipe});
        co_await p.wait();
        const std::string line = co_await p.stdout().readline();
        CHECK(line == "before the end\n");
        const std::string rest = co_await p.stdout().read_all();
        CHECK(rest.empty());
    });
}

TEST_CASE("a thousand starts that are cancelled anywhere leave no child and no zombie") {
    in_reality([]() -> coro<> {
        auto once = [](int turns) -> coro<> {
            auto use = []() -> coro<> {
                process p = co_await create_subprocess_exec(
                    "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe});
                co_await p.communicate("text");
                co_await p.wait();
            };
            task<> using_it = create_task(use());
            for (int i = 0; i < turns; ++i) co_await sleep(seconds(0));
            using_it.cancel();
            co_await gather(return_exceptions, using_it);
        };
        for (int i = 0; i < 1000; ++i) co_await once(i % 8);
    });
    CHECK(no_child_left());
}

TEST_CASE("a child that somebody else has waited for is reported, and its wait does not hang") {
    const auto errors = reports_of([]() -> coro<> {
        process p = co_await create_subprocess_exec("true");
        REQUIRE(::waitpid(-1, nullptr, 0) == p.pid());
        const int code = co_await p.wait();
        CHECK(code == 255);
    });
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("somebody else has waited for it") != std::string::npos);
}

TEST_CASE("with SIGCHLD ignored a child's end is known, and that its code is not is said") {
    auto* before = std::signal(SIGCHLD, SIG_IGN);
    const auto errors = reports_of([]() -> coro<> {
        process p =
            co_await create_subprocess_shell("echo text; exit 3", {.stdout = subprocess::pipe});
        const process_output output = co_await p.communicate();
        CHECK(output.out == "text\n");
        CHECK(p.returncode() == 255);
    });
    std::signal(SIGCHLD, before);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("SIGCHLD is ignored") != std::string::npos);
}

TEST_CASE("a process that outlives its loop ends its child all the same") {
    int pid = 0;
    {
        const process p = run(asleep());
        pid = p.pid();
        CHECK(is_alive(pid));
        CHECK_FALSE(p.returncode());
        CHECK_THROWS_AS(run(end_of(p)), usage_error);
    }
    CHECK_FALSE(is_alive(pid));
    CHECK(no_child_left());
}

TEST_CASE("a loop that is closed on another thread lets go of its children") {
    std::optional<process> left;
    std::optional<event_loop> loop;
    std::thread([&] {
        loop.emplace();
        auto start = [](std::optional<process>& to, event_loop& in) -> coro<> {
            to = co_await asleep();
            in.stop();
        };
        loop->call_soon([&] { create_task(start, std::ref(left), std::ref(*loop)).detach(); });
        loop->run_forever();
    }).join();
    loop.reset();
    CHECK(is_alive(left->pid()));
    left.reset();
    CHECK(no_child_left());
}

TEST_CASE("a loop that closes by itself reaps the children whose objects have gone") {
    {
        event_loop loop;
        loop.call_soon([&loop] {
            auto start_and_drop = [](event_loop& l) -> coro<> {
                {
                    const process p = co_await asleep();
                }
                l.stop();
            };
            create_task(start_and_drop, std::ref(loop)).detach();
        });
        loop.run_forever();
    }
    CHECK(no_child_left());
}

TEST_CASE("the copy of a process in the child of a fork does not touch its child") {
    in_reality([]() -> coro<> {
        auto p = std::make_unique<process>(co_await asleep());
        const pid_t forked = ::fork();
        if (forked == 0) {
            CHECK_NOTHROW(p->kill());
            p.reset();
            ::_exit(0);
        }
        int status = -1;
        ::waitpid(forked, &status, 0);
        CHECK(status == 0);
        CHECK(is_alive(p->pid()));
        p->terminate();
        const int code = co_await p->wait();
        CHECK(code == -SIGTERM);
    });
}

TEST_CASE("a child that is replaced by another is killed") {
    in_reality([]() -> coro<> {
        process p = co_await asleep();
        const int first = p.pid();
        p = co_await asleep();
        while (is_alive(first)) co_await sleep(milliseconds(1));
        CHECK(is_alive(p.pid()));
        process moved = std::move(p);
        moved.kill();
        const int code = co_await moved.wait();
        CHECK(code == -SIGKILL);
    });
}

TEST_CASE("communicate that is cancelled leaves the child running, and may be called again") {
    in_reality([]() -> coro<> {
        process p = co_await create_subprocess_exec(
            "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe});
        co_await p.stdin().write("text");
        bool late = false;
        try {
            auto read = [](process& child) -> coro<> { co_await child.stdout().readexactly(5); };
            co_await wait_for(read(p), milliseconds(5));
        } catch (const timeout_error&) {
            late = true;
        }
        CHECK(late);
        CHECK(is_alive(p.pid()));
        const process_output output = co_await p.communicate("+");
        CHECK(output.out.ends_with("+"));
        CHECK(p.returncode() == 0);
    });
}
