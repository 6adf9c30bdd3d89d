// SPDX-License-Identifier: MIT
// nurt/io/epoll_backend.cpp: see the header.
//
// What keeps the number of system calls down, in the order of its worth:
//  - A descriptor stays registered for reading; registrations change only when an event finds
//    nobody waiting, since level-triggered events would repeat for ever.
//  - After a read that did not fill its buffer the descriptor is known to be empty, and the next read
//    waits without trying. Not so once the peer has hung up: the end of the stream is no event of
//    its own.
//  - A write always tries first; writability is asked for only after the kernel took less.
#include "nurt/io/epoll_backend.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/detail/kernel_calls.hpp"

#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <vector>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

namespace nurt::io {

namespace {

constexpr std::uint64_t wake_tag = ~std::uint64_t{0};
constexpr std::uint32_t reading = EPOLLIN | EPOLLRDHUP;
constexpr std::uint32_t writing = EPOLLOUT;
constexpr std::uint32_t broken = EPOLLERR | EPOLLHUP;
constexpr duration accept_pause = duration::nanoseconds(100'000'000);

instant monotonic_now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return instant::from(t.tv_sec * 1'000'000'000 + t.tv_nsec);
}

// Invariants:
//  1. A slot of the table is used again only with another generation, so an event that was meant
//     for the slot's former owner is recognised.
//  2. mask is what the kernel watches; registered is whether it knows the descriptor at all.
struct epoll_channel final : channel {
    epoll_channel(std::uint32_t own_index) noexcept : channel(-1), index(own_index) {}

    void open(int descriptor) noexcept {
        ++generation;
        descriptor_ = descriptor;
        reader = writer = nullptr;
        mask = 0;
        registered = known_empty = hung_up = connecting = write_fell_short = paused = false;
        is_socket = true;
    }
    void clear() noexcept {
        ++generation;
        descriptor_ = -1;
        paused = registered = false;
    }
    bool is_open() const noexcept { return descriptor_ >= 0; }
    std::uint64_t tag() const noexcept { return std::uint64_t{generation} << 32 | index; }

    std::uint32_t wanted() const noexcept {
        return (reader != nullptr && !paused ? reading : 0) | (writer != nullptr ? writing : 0);
    }

    const std::uint32_t index;
    std::uint32_t generation = 0;
    operation* reader = nullptr;  // receive, accept or wait_readable
    operation* writer = nullptr;  // send, connect or wait_writable
    std::uint32_t mask = 0;
    bool registered = false;
    bool known_empty = false;       // the last read took everything that was there
    bool hung_up = false;           // the peer has ended its side, or there is an error
    bool connecting = false;        // connect was called and goes on
    bool write_fell_short = false;  // the kernel's buffer was full at the last write
    bool paused = false;            // a listener that found no free descriptor
    bool is_socket = true;
};

class epoll_backend final : public backend {
public:
    epoll_backend();
    ~epoll_backend() override;

    const char* name() const noexcept override { return "epoll"; }
    channel& adopt(int descriptor) override;
    channel& open_socket(const endpoint& towards, std::string_view attempt) override;
    channel& listen(const endpoint& at, const listen_options& options,
                    std::string_view attempt) override;
    endpoint local_address(const channel& c) const noexcept override;
    endpoint peer_address(const channel& c) const noexcept override;
    int shutdown_write(channel& c) noexcept override;
    int set_option(channel& c, socket_option option, int value) noexcept override;

    bool try_now(operation& op) noexcept override;
    void submit(operation& op) noexcept override;
    bool cancel(operation& op) noexcept override;
    void close(channel& c, closing how) noexcept override;
    int release(channel& c) noexcept override;
    void wait(instant deadline) override;
    void wake() noexcept override;
    std::size_t in_flight() const noexcept override { return in_flight_; }

private:
    bool perform(epoll_channel& c, operation& op) noexcept;
    bool perform_receive(epoll_channel& c, operation& op) noexcept;
    bool perform_send(epoll_channel& c, operation& op) noexcept;
    bool perform_accept(epoll_channel& c, operation& op) noexcept;
    bool perform_connect(epoll_channel& c, operation& op) noexcept;

    void finish(operation& op) noexcept;
    void finish_later(operation& op, std::int64_t result) noexcept;
    void end_operations(epoll_channel& c) noexcept;
    void deliver_finished() noexcept;

    int watch(epoll_channel& c, std::uint32_t mask) noexcept;
    void unwatch(epoll_channel& c) noexcept;
    void rebuild() noexcept;
    void resume_listeners() noexcept;

    int sleep(instant deadline, epoll_event* events) noexcept;
    void dispatch(const epoll_event& event) noexcept;

    int epoll_ = -1;
    int eventfd_ = -1;
    std::deque<epoll_channel> slots_;
    std::vector<std::uint32_t> free_;
    intrusive_list<operation> finished_;  // with a result; complete() comes with the next wait
    std::size_t in_flight_ = 0;
    std::size_t paused_ = 0;  // listeners
    instant resume_at_;
    bool stale_ = false;  // an event came for a descriptor that was closed here
    bool precise_ = true;  // the kernel has epoll_pwait2
    std::atomic<bool> woken_ = false;
    std::atomic<bool> sleeping_ = false;
};

epoll_channel& of(channel& c) noexcept {
    return static_cast<epoll_channel&>(c);
}

operation*& slot(epoll_channel& c, const operation& op) noexcept {
    switch (op.code) {
        case opcode::send:
        case opcode::connect:
        case opcode::wait_writable: return c.writer;
        default: return c.reader;
    }
}

epoll_backend::epoll_backend() {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) {
        throw os_error(errno, "epoll_create1");
    }
    eventfd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (eventfd_ < 0) {
        const int code = errno;
        ::close(epoll_);
        throw os_error(code, "eventfd");
    }
    rebuild();
}

epoll_backend::~epoll_backend() {
    for (epoll_channel& c : slots_) {
        if (c.is_open()) {
            detail::close(c.descriptor());
        }
    }
    ::close(eventfd_);
    ::close(epoll_);
}

channel& epoll_backend::adopt(int descriptor) {
    if (descriptor < 0) {
        throw os_error(EBADF, "adopt");
    }
    if (free_.empty()) {
        if (free_.capacity() <= slots_.size()) {
            free_.reserve(2 * slots_.size() + 16);  // so that close() never allocates
        }
        slots_.emplace_back(static_cast<std::uint32_t>(slots_.size()));
        free_.push_back(slots_.back().index);
    }
    epoll_channel& c = slots_[free_.back()];
    free_.pop_back();
    c.open(descriptor);
    return c;
}

channel& epoll_backend::open_socket(const endpoint& towards, std::string_view attempt) {
    channel& c = adopt(detail::open_stream_socket(towards, attempt));
    of(c).known_empty = true;  // nobody has spoken yet, and if so, epoll tells
    return c;
}

channel& epoll_backend::listen(const endpoint& at, const listen_options& options,
                               std::string_view attempt) {
    return adopt(detail::listen_stream_socket(at, options, attempt));
}

endpoint epoll_backend::local_address(const channel& c) const noexcept {
    return detail::local_address(c.descriptor());
}

endpoint epoll_backend::peer_address(const channel& c) const noexcept {
    return detail::peer_address(c.descriptor());
}

int epoll_backend::shutdown_write(channel& c) noexcept {
    return detail::shutdown_write(c.descriptor());
}

int epoll_backend::set_option(channel& c, socket_option option, int value) noexcept {
    return detail::set_option(c.descriptor(), option, value);
}

// One attempt of the system call behind an operation. False: it would have had to wait.
bool epoll_backend::perform(epoll_channel& c, operation& op) noexcept {
    switch (op.code) {
        case opcode::receive: return perform_receive(c, op);
        case opcode::send: return perform_send(c, op);
        case opcode::accept: return perform_accept(c, op);
        case opcode::connect: return perform_connect(c, op);
        case opcode::wait_readable:
        case opcode::wait_writable: op.result = 0; return true;
    }
    return false;
}

bool epoll_backend::perform_receive(epoll_channel& c, operation& op) noexcept {
    op.result = detail::receive(c.descriptor(), op.data, op.size, c.is_socket);
    if (op.result == -EAGAIN) {
        c.known_empty = true;
        return false;
    }
    c.known_empty = op.result >= 0 && static_cast<std::size_t>(op.result) < op.size;
    return true;
}

bool epoll_backend::perform_send(epoll_channel& c, operation& op) noexcept {
    op.result = detail::send(c.descriptor(), op.data, op.size, c.is_socket);
    c.write_fell_short = op.result < 0 || static_cast<std::size_t>(op.result) < op.size;
    return op.result != -EAGAIN;
}

bool epoll_backend::perform_accept(epoll_channel& c, operation& op) noexcept {
    if (c.paused) {
        return false;
    }
    op.result = detail::accept(c.descriptor(), op.address);
    switch (-op.result) {
        case EAGAIN: return false;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            // The connection stays in the kernel's queue, so its event would repeat at once and
            // for ever: the listener rests until a descriptor is free, or for a while.
            c.paused = true;
            ++paused_;
            resume_at_ = monotonic_now() + accept_pause;
            if (c.registered) {
                watch(c, c.wanted());
            }
            return false;
        default: return true;
    }
}

bool epoll_backend::perform_connect(epoll_channel& c, operation& op) noexcept {
    if (c.connecting) {
        op.result = detail::connect_result(c.descriptor());
        c.connecting = false;
        return true;
    }
    op.result = detail::start_connect(c.descriptor(), *op.address);
    c.connecting = op.result == -EINPROGRESS;
    return !c.connecting;
}

bool epoll_backend::try_now(operation& op) noexcept {
    epoll_channel& c = of(*op.target);
    assert(slot(c, op) == nullptr && "one operation each way at a time");
    switch (op.code) {
        case opcode::receive: return (!c.known_empty || c.hung_up) && perform_receive(c, op);
        case opcode::wait_readable:
        case opcode::wait_writable: return false;
        case opcode::connect: return !c.connecting && perform_connect(c, op);
        default: return perform(c, op);
    }
}

void epoll_backend::submit(operation& op) noexcept {
    epoll_channel& c = of(*op.target);
    operation*& waiting = slot(c, op);
    assert(waiting == nullptr && "one operation each way at a time");
    ++in_flight_;
    op.in_flight = true;
    if (op.code == opcode::connect && !c.connecting && perform_connect(c, op)) {
        finish_later(op, op.result);
        return;
    }
    waiting = &op;
    const std::uint32_t wanted = c.wanted();
    if ((c.mask & wanted) == wanted) {
        return;
    }
    // Reading stays watched, writing does not: a socket is nearly always writable.
    if (const int error = watch(c, wanted | (c.mask & reading)); error != 0) {
        waiting = nullptr;
        // EPERM: a kind of file that epoll does not know, because it never has to wait.
        const bool never_waits = error == EPERM && perform(c, op);
        finish_later(op, never_waits ? op.result : -error);
    }
}

bool epoll_backend::cancel(operation& op) noexcept {
    if (op.linked()) {
        return false;  // it has a result already
    }
    slot(of(*op.target), op) = nullptr;
    op.in_flight = false;
    --in_flight_;
    return true;
}

void epoll_backend::finish(operation& op) noexcept {
    op.in_flight = false;
    --in_flight_;
    op.complete();
}

void epoll_backend::finish_later(operation& op, std::int64_t result) noexcept {
    op.result = result;
    finished_.push_back(op);
}

void epoll_backend::deliver_finished() noexcept {
    intrusive_list<operation> batch;
    batch.splice_back(finished_);  // complete() may submit, and that may finish at once
    while (operation* op = batch.pop_front()) {
        finish(*op);
    }
}

void epoll_backend::end_operations(epoll_channel& c) noexcept {
    for (operation** waiting : {&c.reader, &c.writer}) {
        if (operation* op = *waiting) {
            *waiting = nullptr;
            op->result = -ECANCELED;
            finish(*op);
        }
    }
}

void epoll_backend::close(channel& given, closing how) noexcept {
    epoll_channel& c = of(given);
    if (how == closing::abort) {
        detail::reset_on_close(c.descriptor());
    } else if (c.is_socket) {
        if (!c.known_empty && !c.paused) {
            detail::drop_unread(c.descriptor());
        }
        if (c.write_fell_short) {
            detail::limit_flush(c.descriptor());
        }
    }
    const int descriptor = c.descriptor();
    end_operations(c);
    paused_ -= c.paused ? 1 : 0;
    c.clear();
    free_.push_back(c.index);
    detail::close(descriptor);
    if (paused_ != 0) {
        resume_listeners();
    }
}

int epoll_backend::release(channel& given) noexcept {
    epoll_channel& c = of(given);
    const int descriptor = c.descriptor();
    if (c.registered) {
        unwatch(c);
    }
    end_operations(c);
    paused_ -= c.paused ? 1 : 0;
    c.clear();
    free_.push_back(c.index);
    return descriptor;
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

constexpr int most_events = 256;

int epoll_backend::sleep(instant deadline, epoll_event* events) noexcept {
    duration left = duration::zero();
    if (deadline == instant::never()) {
        left = duration::max();
    } else if (deadline.count() > 0) {
        left = deadline - monotonic_now();
    }
    const bool sleeps = left.count() > 0;
    if (sleeps) {
        sleeping_.store(true);
        if (woken_.load()) {
            left = duration::zero();
        }
    }
    int count = -1;
    if (precise_) {
        const timespec timeout{.tv_sec = left.count() > 0 ? left.count() / 1'000'000'000 : 0,
                               .tv_nsec = left.count() > 0 ? left.count() % 1'000'000'000 : 0};
        count = ::epoll_pwait2(epoll_, events, most_events,
                               left == duration::max() ? nullptr : &timeout, nullptr);
        precise_ = count >= 0 || (errno != ENOSYS && errno != EPERM);
    }
    if (!precise_) {
        // Whole milliseconds, rounded up, at most a day: a loop that finds itself early asks again.
        const std::int64_t ms = (left.count() > 0 ? left.count() - 1 : -1) / 1'000'000 + 1;
        const int timeout = left == duration::max() ? -1
                            : ms > 86'400'000       ? 86'400'000
                                                    : static_cast<int>(ms);
        count = ::epoll_wait(epoll_, events, most_events, left.count() > 0 ? timeout : 0);
    }
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

}  // namespace

std::unique_ptr<backend> make_epoll_backend() {
    return std::make_unique<epoll_backend>();
}

}  // namespace nurt::io
