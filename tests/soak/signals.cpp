// SPDX-License-Identifier: MIT
// tests/soak/signals.cpp: signals that a thread raises, and who listens to them for a while.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <optional>
#include <span>
#include <thread>

#include <sys/types.h>
#include <unistd.h>

#include "nurt/core/task.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/signals.hpp"
#include "tests/soak/actor.hpp"

namespace nurt_soak {

namespace {

std::atomic<std::uint64_t> nobody_listened = 0;

// Raises SIGUSR1 and SIGUSR2 all the time. What nurt does not listen to any more reaches a handler
// that was there before it.
class raiser {
public:
    raiser() {
        struct sigaction action{};
        action.sa_handler = count;
        for (std::size_t i = 0; i < std::size(signals); ++i) {
            ::sigaction(signals[i], &action, &before_[i]);
        }
        thread_ = std::thread([this] { raise_them(); });
    }
    raiser(const raiser&) = delete;
    raiser& operator=(const raiser&) = delete;
    ~raiser() {
        over_ = true;
        thread_.join();
        for (std::size_t i = 0; i < std::size(signals); ++i) {
            ::sigaction(signals[i], &before_[i], nullptr);
        }
    }

    // Whether all signals are as they were before anybody listened.
    static bool handlers_are_back() {
        for (const int signal : signals) {
            struct sigaction now{};
            ::sigaction(signal, nullptr, &now);
            if (now.sa_handler != count) {
                return false;
            }
        }
        return true;
    }

    static constexpr int signals[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGWINCH};

private:
    static void count(int) { nobody_listened.fetch_add(1, std::memory_order_relaxed); }

    void raise_them() {
        for (unsigned i = 0; !over_; ++i) {
            ::usleep(200 + i % 7 * 300);
            ::kill(::getpid(), i % 3 == 0 ? SIGUSR2 : SIGUSR1);
        }
    }

    struct sigaction before_[std::size(signals)] = {};
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

struct listeners {
    explicit listeners(world& of) : w(of) {}

    world& w;
    bool handled[std::size(raiser::signals)] = {};  // somebody has a handler for it
};

// What the thread raises comes, one after the other.
coro<> receive(listeners& all, dice& d) {
    const bool both = d.one_in(2);
    auto receiver =
        both ? nurt::open_signal_receiver(SIGUSR1, SIGUSR2) : nurt::open_signal_receiver(SIGUSR2);
    const std::size_t rounds = 1 + d.below(5);
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::optional<int> got = co_await receiver.next();
        if (got != SIGUSR2 && !(both && got == SIGUSR1)) {
            all.w.wrong("a signal that nobody has asked for");
        }
        all.w.did("signal: received");
    }
    if (d.one_in(2)) {
        receiver.close();
        const std::optional<int> after = co_await receiver.next();
        if (after) {
            all.w.wrong("a signal after the end");
        }
    }
}

// A signal that was raised while its receiver is there is not lost.
coro<> raise_and_receive(listeners& all, dice& d) {
    auto receiver = nurt::open_signal_receiver(SIGHUP);
    if (d.one_in(2)) {
        co_await nurt::sleep(d.moment(2));
    }
    ::kill(::getpid(), SIGHUP);
    const std::optional<int> got = co_await receiver.next();
    if (got != SIGHUP) {
        all.w.wrong("another signal came");
    }
    all.w.did("signal: raised and received");
}

class handler {
public:
    handler(listeners& all, std::size_t which, nurt::event& heard) : all_(all), which_(which) {
        all.handled[which] = true;
        nurt::event_loop::running().add_signal_handler(raiser::signals[which], [&] {
            heard.set();
            all.w.did("signal: handled");
        });
    }
    handler(const handler&) = delete;
    handler& operator=(const handler&) = delete;
    ~handler() {
        all_.handled[which_] = false;
        if (!nurt::event_loop::running().remove_signal_handler(raiser::signals[which_])) {
            all_.w.wrong("a handler was there no more");
        }
    }

private:
    listeners& all_;
    std::size_t which_;
};

coro<> handle(listeners& all, dice& d) {
    const std::size_t which = d.below(std::size(raiser::signals));
    if (all.handled[which]) {
        co_return;  // a loop has one for each
    }
    nurt::event heard;
    const handler here(all, which, heard);
    if (which >= 2) {
        co_await nurt::sleep(d.moment(2));
        ::kill(::getpid(), raiser::signals[which]);
    }
    co_await heard.wait();
}

constexpr deed<listeners> deeds[] = {receive, raise_and_receive, handle, handle};

coro<> listen(world& w) {
    const raiser raising;
    listeners all(w);
    for (const char* what :
         {"signal: received", "signal: raised and received", "signal: handled"}) {
        w.expect(what);
    }
    auto body = [&](nurt::task_group& group) -> coro<> {
        const habits h{.kind = "signal", .patience_ms = 10};
        start_actors(w, group, all, 4, h, std::span<const deed<listeners>>(deeds));
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    if (!raiser::handlers_are_back()) {
        w.wrong("signals do not do again what they did before");
    }
    if (nobody_listened != 0) {
        w.did("signal: reached the handler of before");
    }
}

}  // namespace

coro<> signals(world& w, nurt::task_group& group) {
    group.create_task(listen(w), "signals").detach();
    co_return;
}

}  // namespace nurt_soak
