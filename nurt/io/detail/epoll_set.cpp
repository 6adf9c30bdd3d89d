// SPDX-License-Identifier: MIT
// nurt/io/detail/epoll_set.cpp: what is registered with epoll, sleeping, and events.
#include "nurt/base/error.hpp"
#include "nurt/io/detail/epoll_backend.hpp"

#include <cerrno>
#include <utility>

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

// 0 or an errno value.
int epoll_backend::watch(epoll_channel& c, std::uint32_t mask) noexcept {
    if (c.registered && !is_member(c)) {
        return EBADF;
    }
    epoll_event event{};
    event.events = mask;
    event.data.u64 = c.tag();
    const int request = c.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (::epoll_ctl(epoll_, request, c.descriptor(), &event) != 0) {
        return errno;
    }
    c.mask = mask;
    c.registered = true;
    members_[static_cast<std::size_t>(c.descriptor())] = c.index;
    return 0;
}

// The same. It is not registered afterwards, unless the descriptor was closed behind our back.
int epoll_backend::unwatch(epoll_channel& c) noexcept {
    c.registered = false;
    c.mask = 0;
    if (!is_member(c)) {
        return EBADF;  // the number is somebody else's now
    }
    return ::epoll_ctl(epoll_, EPOLL_CTL_DEL, c.descriptor(), nullptr) == 0 ? 0 : errno;
}

int epoll_backend::watch_bell() noexcept {
    epoll_event wake_event{};
    wake_event.events = EPOLLIN | EPOLLET;
    wake_event.data.u64 = wake_tag;
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, bell_.descriptor(), &wake_event) == 0 ? 0 : errno;
}

// A new set with the same members. It rids us of a descriptor that was closed here, or behind our
// back, but is still held by somebody: it goes on reporting, and cannot be removed.
void epoll_backend::rebuild() noexcept {
    const int fresh = ::epoll_create1(EPOLL_CLOEXEC);
    if (fresh < 0) {
        return;  // without descriptors we go on being woken for nothing
    }
    const int former = std::exchange(epoll_, fresh);
    if (watch_bell() != 0) {
        ::close(std::exchange(epoll_, former));
        return;
    }
    ::close(former);
    stale_ = false;
    channels_.for_each([this](epoll_channel& c) {
        if (c.is_open() && std::exchange(c.registered, false)) {
            if (const int error = is_member(c) ? watch(c, c.mask) : EBADF; error != 0) {
                c.mask = 0;
                fail_later(c.reader, error);
                fail_later(c.writer, error);
            }
        }
    });
}

// Whoever waits there cannot go on waiting.
void epoll_backend::fail_later(operation*& waiting, int error) noexcept {
    if (operation* op = std::exchange(waiting, nullptr)) {
        finish_later(*op, -error);
    }
}

void epoll_backend::end_rest() noexcept {
    while (kernel_channel* rested = next_rested()) {
        auto& c = static_cast<epoll_channel&>(*rested);
        if (c.reader != nullptr) {
            if (const int error = watch(c, c.wanted()); error != 0) {
                fail_later(c.reader, error);
            }
        }
    }
}

// Level-triggered events would go on, so it is not watched while it rests.
void epoll_backend::read_enough(epoll_channel& c) noexcept {
    if (has_to_rest(c) && c.registered) {
        stale_ = watch(c, c.wanted()) != 0 || stale_;
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

int epoll_backend::sleep(instant deadline, epoll_event* events) {
    duration left = duration::zero();
    if (deadline == instant::never()) {
        left = duration::max();
    } else if (deadline.count() > 0) {
        left = deadline - monotonic_now();
    }
    const bool sleeps = left > duration::zero();
    if (sleeps && !bell_.lie_down()) {
        left = duration::zero();
    }
    const int count = ask(left, events);
    const int error = count < 0 ? errno : 0;
    if (sleeps) {
        bell_.get_up();
    }
    bell_.heard();
    if (error != 0 && error != EINTR) [[unlikely]] {
        throw os_error(error, "epoll_wait");
    }
    return count;
}

void epoll_backend::wait(instant deadline) {
    if (forked_) {
        return;
    }
    if (anybody_rests()) {
        if (rest_until() <= monotonic_now()) {
            end_rest();
        } else if (rest_until() < deadline) {
            deadline = rest_until();
        }
    }
    if (!finished_.empty()) {
        deliver_finished();
        deadline = instant{};
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

// Nearly always there is something to read and somebody who waits for it.
void epoll_backend::dispatch(const epoll_event& event) noexcept {
    const std::uint64_t tag = event.data.u64;
    if (tag == wake_tag) {
        return;
    }
    epoll_channel& c = channels_[static_cast<std::uint32_t>(tag)];
    if (c.generation != tag >> 32) {
        stale_ = true;
        return;
    }
    operation* op = c.reader;
    if (event.events != EPOLLIN || op == nullptr || op->code != opcode::receive) [[unlikely]] {
        dispatch(c, event.events);
    } else if (perform_receive(c, *op)) {
        c.reader = nullptr;
        finish(*op);
        if (held_) [[unlikely]] {
            read_enough(c);
        }
    }
}

// Tries again what waits. False: nobody waits.
bool epoll_backend::serve(epoll_channel& c, operation*& waiting) noexcept {
    operation* op = waiting;
    if (op == nullptr) {
        return false;
    }
    if (perform(c, *op)) {
        waiting = nullptr;
        finish(*op);
        if (held_ && &waiting == &c.reader) {
            read_enough(c);
        }
    } else if (c.rests()) {
        stale_ = watch(c, c.wanted()) != 0 || stale_;
    }
    return true;
}

void epoll_backend::dispatch(epoll_channel& c, std::uint32_t happened) noexcept {
    const bool abandoned = c.reader == nullptr && c.writer == nullptr;
    bool unattended = false;
    if ((happened & (broken | EPOLLRDHUP)) != 0) {
        c.hung_up = true;
    }
    if ((happened & (reading | broken)) != 0) {
        c.known_empty = false;
        unattended = !serve(c, c.reader) && (c.mask & reading) != 0;
    }
    if ((happened & (writing | broken)) != 0) {
        unattended = (!serve(c, c.writer) && (c.mask & writing) != 0) || unattended;
    }
    if (abandoned && (happened & broken) != 0) {
        stale_ = unwatch(c) != 0 || stale_;  // these are reported whether asked for or not
    } else if (unattended && c.registered) {
        stale_ = watch(c, c.wanted()) != 0 || stale_;
    }
}

}  // namespace nurt::io::detail
