// SPDX-License-Identifier: MIT
// tests/real/process_storm_test.cpp: children under random kills and cancellations, and without
// descriptors to make them.
//
// Whatever happens, no child, no zombie and no descriptor is left, and nobody hangs.
// NURT_TEST_SEED replays a failing seed.
#include <cerrno>
#include <csignal>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/process/process.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/support.hpp"

using namespace nurt;

namespace {

// Looks, and reaps nobody.
bool no_child_left() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

int lowest_free_descriptor() {
    const int number = ::dup(STDIN_FILENO);
    ::close(number);
    return number;
}

class storm {
public:
    explicit storm(std::uint64_t seed) : random_(seed) {}

    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

    // One child, from its start to some end.
    coro<> life() {
        const char* const commands[] = {"cat",
                                        "exit 3",
                                        "echo text; sleep 60",
                                        "kill -KILL $$",
                                        "head -c 200000 /dev/zero",
                                        "exec >&-; cat"};
        process p = co_await create_subprocess_shell(
            commands[below(6)],
            {.stdin = subprocess::pipe, .stdout = subprocess::pipe, .stderr = subprocess::devnull});
        const std::string input(below(2) == 0 ? 10 : 200'000, 'x');
        switch (below(5)) {
            case 0: co_await p.communicate(input); break;
            case 1:
                p.terminate();
                co_await p.wait();
                break;
            case 2: co_await p.stdout().read(100); break;
            case 3: co_await sleep(milliseconds(below(3))); break;
            default: {
                auto one = [](process& child) -> coro<> { co_await child.wait(); };
                co_await gather(cancel_on_error, one(p), p.communicate(input));
            }
        }
    }

    coro<> cancelled_life() {
        auto quiet = [](storm& s) -> coro<> {
            try {
                co_await s.life();
            } catch (const process_lookup_error&) {  // it had ended before it was asked to
            }
        };
        task<> living = create_task(quiet(*this));
        for (unsigned turns = below(10); turns > 0; --turns) co_await sleep(seconds(0));
        co_await sleep(milliseconds(below(4)));
        living.cancel();
        co_await gather(return_exceptions, living);
    }

private:
    std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("children that are killed, cancelled and dropped at random leave nothing") {
    storm s(nurt_test::seed());
    nurt_test::in_loop(services(), [&s]() -> coro<> {
        for (int round = 0; round < 15; ++round) {
            std::vector<coro<>> lives;
            for (int i = 0; i < 10; ++i) lives.push_back(s.cancelled_life());
            co_await gather(std::move(lives));
        }
    });
    CHECK(no_child_left());
}

TEST_CASE("a child that runs out of descriptors anywhere leaves neither child nor descriptor") {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    nurt_test::in_loop(services(), [&before]() -> coro<> {
        {
            const process warm_up = co_await create_subprocess_exec("true");
            co_await warm_up.wait();
        }
        const int open = nurt_test::open_descriptors();
        int refused = 0;
        bool started = false;
        for (int more = 0; !started; ++more) {
            rlimit few = before;
            few.rlim_cur = static_cast<rlim_t>(open + more);
            ::setrlimit(RLIMIT_NOFILE, &few);
            try {
                process p = co_await create_subprocess_exec("cat", {},
                                                            {.stdin = subprocess::pipe,
                                                             .stdout = subprocess::pipe,
                                                             .stderr = subprocess::devnull});
                const process_output output = co_await p.communicate("text");
                CHECK(output.out == "text");
                started = true;
            } catch (const os_error& e) {
                CHECK(e.number() == EMFILE);
                ++refused;
            }
            ::setrlimit(RLIMIT_NOFILE, &before);
            for (int i = 0; i < 1000 && nurt_test::open_descriptors() != open; ++i) {
                co_await sleep(milliseconds(1));  // io_uring gives back what it was asked for first
            }
            const int now = nurt_test::open_descriptors();
            CHECK_MESSAGE(now == open, more);
        }
        CHECK(refused >= 5);
    });
    CHECK(no_child_left());
}

TEST_CASE("a child that cannot be watched is reaped even if signals interrupt the wait for it") {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    struct sigaction action{};
    struct sigaction action_before{};
    action.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &action, &action_before);
    const itimerval every{{0, 50}, {0, 50}};
    const itimerval never{};
    int refused = 0;
    nurt_test::in_loop(services(), [&]() -> coro<> {
        rlimit none = before;  // but for those that are open: a pidfd is the first to be missing
        none.rlim_cur = static_cast<rlim_t>(lowest_free_descriptor());
        ::setrlimit(RLIMIT_NOFILE, &none);
        ::setitimer(ITIMER_REAL, &every, nullptr);
        for (int i = 0; i < 30; ++i) {
            try {
                const process p = co_await create_subprocess_exec("sleep", {"60"});
            } catch (const os_error&) {
                ++refused;
            }
        }
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::setrlimit(RLIMIT_NOFILE, &before);
    });
    ::sigaction(SIGALRM, &action_before, nullptr);
    CHECK(refused == 30);
    CHECK(no_child_left());
}
