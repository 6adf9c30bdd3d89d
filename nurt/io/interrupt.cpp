// SPDX-License-Identifier: MIT
#include "nurt/io/interrupt.hpp"

#include "nurt/io/detail/signal_action.hpp"

#include <csignal>
#include <ctime>

#include <atomic>
#include <cerrno>

#include <sys/syscall.h>
#include <unistd.h>

namespace nurt::io {

namespace {

constexpr long patience_seconds = 2;

std::atomic<void (*)(void*) noexcept> notify_function{nullptr};
std::atomic<void*> notify_argument{nullptr};
std::atomic<int> seen{0};
timer_t patience;  // raises SIGINT again when the loop does not get to its turn
std::atomic<bool> has_timer{false};

void set_patience(long seconds) noexcept {
    if (has_timer.load()) {
        itimerspec when{};
        when.it_value.tv_sec = seconds;
        ::timer_settime(patience, 0, &when, nullptr);
    }
}

extern "C" void on_interrupt(int signal) {
    const int saved = errno;
    if (seen.fetch_add(1) > 0) {
        std::signal(signal, SIG_DFL);
        std::raise(signal);
        return;
    }
    set_patience(patience_seconds);
    if (auto* notify = notify_function.load()) {
        notify(notify_argument.load());
    }
    errno = saved;
}

bool on_main_thread() {
    return ::getpid() == static_cast<pid_t>(::syscall(SYS_gettid));
}

}  // namespace

interrupt_watch::interrupt_watch(void (*notify)(void*) noexcept, void* argument) {
    struct sigaction current{};
    ::sigaction(SIGINT, nullptr, &current);
    if (!on_main_thread() || current.sa_handler != SIG_DFL || notify_function.load() != nullptr) {
        return;
    }
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGINT;
    has_timer = ::timer_create(CLOCK_MONOTONIC, &event, &patience) == 0;
    seen = 0;
    notify_argument = argument;
    notify_function = notify;
    struct sigaction action{};
    action.sa_handler = &on_interrupt;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    installed_ = true;
}

interrupt_watch::~interrupt_watch() {
    if (!installed_) {
        return;
    }
    detail::remove_action(SIGINT, &on_interrupt);  // somebody may listen for it now
    notify_function = nullptr;
    if (has_timer.exchange(false)) {
        ::timer_delete(patience);
    }
}

void interrupt_watch::handled() noexcept {
    set_patience(0);
}

}  // namespace nurt::io
