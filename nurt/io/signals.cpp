// SPDX-License-Identifier: MIT
// nurt/io/signals.cpp: see the header.
#include "nurt/io/signals.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/detail/signal_action.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <new>
#include <thread>

#include <pthread.h>

namespace nurt::io {

namespace {

constexpr int last_signal = 64;

bool tells_of_a_mistake(int signal) noexcept {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

}  // namespace

// Invariants:
//  1. Everything is changed under the mutex, which is held across a fork; the handler only reads
//     the list of listeners and their sets, and never waits.
//  2. A listener that was taken out of the list is not touched by a handler that begins later, and
//     stop_listening waits for those that have begun (running).
struct signal_table {
    static signal_table& get() noexcept;
    static void handle(int signal) noexcept;

    void begin(signal_listener& who, int signal);
    void end(signal_listener& who, int signal) noexcept;
    void forget(signal_listener& who, int signal) noexcept;
    void unlink(const signal_listener& who) noexcept;
    void remove_action(int signal, void (*handler)(int)) noexcept;
    void after_fork() noexcept;
    void wait_for_handlers() const noexcept {
        while (running.load() != 0) {
            std::this_thread::yield();
        }
    }

    std::mutex mutex;
    std::atomic<signal_listener*> first{nullptr};
    std::atomic<unsigned> running{0};          // handlers
    unsigned listeners[last_signal + 1] = {};  // for each signal
    struct sigaction before[last_signal + 1];  // of those that somebody listens for
};

namespace {

extern "C" void on_signal(int signal) {
    signal_table::handle(signal);
}

}  // namespace

// Never destroyed: a signal may come after main has ended.
signal_table& signal_table::get() noexcept {
    alignas(signal_table) static char memory[sizeof(signal_table)];
    static auto* table = [] {
        auto* made = new (memory) signal_table;
        ::pthread_atfork([] { get().mutex.lock(); }, [] { get().mutex.unlock(); },
                         [] {
                             get().after_fork();
                             get().mutex.unlock();
                         });
        return made;
    }();
    return *table;
}

void signal_table::handle(int signal) noexcept {
    const int saved = errno;
    signal_table& all = get();  // made before any handler was installed
    all.running.fetch_add(1);
    for (signal_listener* each = all.first.load(); each != nullptr; each = each->next_.load()) {
        if (each->listens(signal)) {
            each->raised(signal);
        }
    }
    all.running.fetch_sub(1);
    errno = saved;
}

void signal_table::begin(signal_listener& who, int signal) {
    const std::lock_guard lock(mutex);
    if (who.listens(signal)) {
        return;
    }
    // Before there is a handler, since what it hears and nobody listens for is lost.
    if (who.signals_.fetch_or(signal_listener::bit(signal)) == 0) {
        who.next_ = first.load();
        first = &who;
    }
    if (listeners[signal] == 0) {
        struct sigaction action{};
        action.sa_handler = &on_signal;
        action.sa_flags = SA_RESTART | SA_ONSTACK;
        ::sigemptyset(&action.sa_mask);
        if (::sigaction(signal, &action, &before[signal]) != 0) {
            const int error = errno;
            forget(who, signal);
            throw os_error(error, "listen for " + signal_name(signal));
        }
    }
    ++listeners[signal];
}

void signal_table::end(signal_listener& who, int signal) noexcept {
    const std::lock_guard lock(mutex);
    if (!who.listens(signal)) {
        return;
    }
    if (--listeners[signal] == 0) {
        ::sigaction(signal, &before[signal], nullptr);
    }
    forget(who, signal);
}

void signal_table::forget(signal_listener& who, int signal) noexcept {
    if (who.signals_.fetch_and(~signal_listener::bit(signal)) == signal_listener::bit(signal)) {
        unlink(who);
    }
    wait_for_handlers();
}

void signal_table::unlink(const signal_listener& who) noexcept {
    std::atomic<signal_listener*>* link = &first;
    while (link->load() != &who) {
        link = &link->load()->next_;
    }
    *link = who.next_.load();
}

// Of the parent's listeners there are copies, whose loops are closed.
void signal_table::after_fork() noexcept {
    for (int signal = 1; signal <= last_signal; ++signal) {
        if (listeners[signal] != 0) {
            ::sigaction(signal, &before[signal], nullptr);
            listeners[signal] = 0;
        }
    }
    for (signal_listener* each = first.exchange(nullptr); each != nullptr; each = each->next_) {
        each->signals_ = 0;
    }
    running = 0;
}

void signal_table::remove_action(int signal, void (*handler)(int)) noexcept {
    const std::lock_guard lock(mutex);
    struct sigaction by_default{};
    by_default.sa_handler = SIG_DFL;
    if (listeners[signal] != 0) {
        if (before[signal].sa_handler == handler) {
            before[signal] = by_default;
        }
        return;
    }
    struct sigaction current{};
    ::sigaction(signal, nullptr, &current);
    if (current.sa_handler == handler) {
        ::sigaction(signal, &by_default, nullptr);
    }
}

void signal_listener::listen(int signal) {
    if (bit(signal) == 0) {
        throw usage_error(std::to_string(signal) + " is no signal");
    }
    if (signal == SIGKILL || signal == SIGSTOP) {
        throw usage_error(signal_name(signal) + " cannot be caught");
    }
    if (tells_of_a_mistake(signal)) {
        throw usage_error(signal_name(signal) +
                          " tells of a mistake of the program, and cannot be waited for");
    }
    signal_table::get().begin(*this, signal);
}

void signal_listener::stop_listening(int signal) noexcept {
    if (listens(signal)) {
        signal_table::get().end(*this, signal);
    }
}

void signal_listener::stop_listening() noexcept {
    for (int signal = 1; signal <= last_signal && signals_.load() != 0; ++signal) {
        stop_listening(signal);
    }
}

std::string signal_name(int signal) {
    const char* short_name = ::sigabbrev_np(signal);
    return short_name != nullptr ? std::string("SIG") + short_name
                                 : "signal " + std::to_string(signal);
}

namespace detail {

void remove_action(int signal, void (*handler)(int)) noexcept {
    signal_table::get().remove_action(signal, handler);
}

}  // namespace detail
}  // namespace nurt::io
