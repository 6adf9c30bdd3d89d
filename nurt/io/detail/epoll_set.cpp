// SPDX-License-Identifier: MIT
// nurt/io/detail/epoll_set.cpp: what is registered with epoll, sleeping, and events.
#include "nurt/io/detail/epoll_backend.hpp"

#include <cerrno>

#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

namespace nurt::io::detail {

static_assert(reading == (EPOLLIN | EPOLLRDHUP) && writing == EPOLLOUT);

namespace {

constexpr std::uint64_t wake_tag = ~std::uint64_t{0};
constexpr std::uint32_t broken = EPOLLERR | EPOLLHUP;
constexpr int most_events = 256;

}  // namespace

instant monotonic_now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return instant::from(t.tv_sec * 1'000'000'000 + t.tv_nsec);
}

// 0 or an errno value.
int epoll_backend::watch(epoll_channel& c, std::uint32_t mask) noexcept {
    epoll_event event{};
    event.events = mask;
    event.data.u64 = c.tag();
    const int request = c.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (::epoll_ctl(epoll_, request, c.descriptor(), &event) != 0) {
        return errno;
    }
    c.mask = mask;
    c.registered = true;
    return 0;
}

void epoll_backend::unwatch(epoll_channel& c) noexcept {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, c.descriptor(), nullptr);
    c.registered = false;
    c.mask = 0;
}

// A new set with the same members, and the first one at the start. It rids us of a descriptor
// that we have closed but another process still holds: it goes on reporting, and cannot be removed.
void epoll_backend::rebuild() noexcept {
    if (stale_) {
        const int fresh = ::epoll_create1(EPOLL_CLOEXEC);
        if (fresh < 0) {
            return;  // without descriptors we go on being woken for nothing
        }
        ::close(epoll_);
        epoll_ = fresh;
        stale_ = false;
    }
    // Edge-triggered: each write to it is one event, and it need never be read.
    epoll_event wake_event{};
    wake_event.events = EPOLLIN | EPOLLET;
    wake_event.data.u64 = wake_tag;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, eventfd_, &wake_event);
    for (epoll_channel& c : slots_) {
        if (c.is_open() && c.registered) {
            c.registered = false;
            watch(c, c.mask);
        }
    }
}

void epoll_backend::resume_listeners() noexcept {
    for (epoll_channel& c : slots_) {
        if (c.is_open() && c.paused) {
            c.paused = false;
            if (c.reader != nullptr) {
                watch(c, c.wanted());
            }
        }
    }
    paused_ = 0;
}

void epoll_backend::wake() noexcept {
    // The order of these two and of their counterparts in sleep() makes it impossible that the
    // sleeper misses the flag and we miss the sleeper.
    woken_.store(true);
    if (sleeping_.load()) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(eventfd_, &one, sizeof one);
    }
}

// The system call. A timeout of nothing only looks; duration::max() waits for ever.
int epoll_backend::ask(duration timeout, epoll_event* events) noexcept {
    const bool for_ever = timeout == duration::max();
    const std::int64_t ns = timeout.count() > 0 ? timeout.count() : 0;
    if (precise_) {
        const timespec exact{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
        const int count =
            ::epoll_pwait2(epoll_, events, most_events, for_ever ? nullptr : &exact, nullptr);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) {
            return count;
        }
        precise_ = false;  // an older kernel, or a container that forbids it
    }
    // Whole milliseconds, rounded up, at most a day: a loop that finds itself early asks again.
    const std::int64_t ms = ns == 0 ? 0 : (ns - 1) / 1'000'000 + 1;
    const int rounded = ms > 86'400'000 ? 86'400'000 : static_cast<int>(ms);
    return ::epoll_wait(epoll_, events, most_events, for_ever ? -1 : rounded);
}

int epoll_backend::sleep(instant deadline, epoll_event* events) noexcept {
    duration left = duration::zero();
    if (deadline == instant::never()) {
        left = duration::max();
    } else if (deadline.count() > 0) {
        left = deadline - monotonic_now();
    }
    const bool sleeps = left > duration::zero();
    if (sleeps) {
        sleeping_.store(true);
        if (woken_.load()) {
            left = duration::zero();
        }
    }
    const int count = ask(left, events);
    if (sleeps) {
        sleeping_.store(false);
    }
    woken_.exchange(false);
    return count;
}

void epoll_backend::wait(instant deadline) {
    if (!finished_.empty()) {
        deliver_finished();
        deadline = instant{};
    }
    if (paused_ != 0) {
        if (resume_at_ <= monotonic_now()) {
            resume_listeners();
        } else if (resume_at_ < deadline) {
            deadline = resume_at_;
        }
    }
    epoll_event events[most_events];
    const int count = sleep(deadline, events);
    for (int i = 0; i < count; ++i) {
        dispatch(events[i]);
    }
    if (stale_) {
        rebuild();
    }
}

void epoll_backend::dispatch(const epoll_event& event) noexcept {
    if (event.data.u64 == wake_tag) {
        return;
    }
    epoll_channel& c = slots_[static_cast<std::uint32_t>(event.data.u64)];
    if (!c.is_open() || c.tag() != event.data.u64) {
        stale_ = true;
        return;
    }
    const std::uint32_t happened = event.events;
    const bool abandoned = c.reader == nullptr && c.writer == nullptr;
    bool unattended = false;
    if ((happened & (broken | EPOLLRDHUP)) != 0) {
        c.hung_up = true;
    }
    if ((happened & (reading | broken)) != 0) {
        c.known_empty = false;
        operation* op = c.reader;
        unattended = op == nullptr && (c.mask & reading) != 0;
        if (op != nullptr && perform(c, *op)) {
            c.reader = nullptr;
            finish(*op);
        }
    }
    if ((happened & (writing | broken)) != 0) {
        operation* op = c.writer;
        unattended = unattended || (op == nullptr && (c.mask & writing) != 0);
        if (op != nullptr && perform(c, *op)) {
            c.writer = nullptr;
            finish(*op);
        }
    }
    if (abandoned && (happened & broken) != 0) {
        unwatch(c);  // these are reported whether asked for or not
    } else if (unattended && c.registered) {
        watch(c, c.wanted());
    }
}

}  // namespace nurt::io::detail
