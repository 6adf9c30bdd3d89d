// SPDX-License-Identifier: MIT
// nurt/process/detail/child.cpp: see the header.
#include "nurt/process/detail/child.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/process/process.hpp"

#include <cerrno>
#include <csignal>
#include <exception>
#include <string>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nurt::detail {

namespace {

constexpr auto by_pidfd = static_cast<idtype_t>(3);  // P_PIDFD, which old headers do not have
constexpr int unknown_code = 255;                    // as asyncio says it

int signal_to(int descriptor, int signal) noexcept {
    const long result = ::syscall(SYS_pidfd_send_signal, descriptor, signal, nullptr, 0);
    return result == 0 ? 0 : errno;
}

std::string named(int pid) {
    return "process " + std::to_string(pid);
}

}  // namespace

child::child(event_loop& loop) noexcept : loop_(&loop), parent_(::getpid()) {
    code = io::opcode::wait_readable;
}

child::~child() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void child::release() noexcept {
    if (--references_ == 0) {
        delete this;
    }
}

bool child::is_ours() const noexcept {
    return ::getpid() == parent_;
}

void child::check_watched() const {
    if (loop_ == nullptr) {
        throw usage_error("the event loop of " + named(pid_) + " is closed");
    }
}

int child::end() const {
    if (failure_ != 0) {
        throw os_error(failure_, "wait for " + named(pid_));
    }
    return *returncode_;
}

// Reaps the child if it has ended: true, and then its returncode is known. With the flag WNOHANG it
// does not wait for that.
bool child::look(int flags) noexcept {
    const int descriptor = target != nullptr ? target->descriptor() : descriptor_;
    siginfo_t info{};
    int error = 0;
    do {
        const int got = ::waitid(by_pidfd, static_cast<id_t>(descriptor), &info, WEXITED | flags);
        error = got == 0 ? 0 : errno;
    } while (error == EINTR);
    if (error != 0) {
        report_unknown();  // ECHILD: somebody else has reaped it, or another process had this number
        return true;
    }
    if (info.si_pid == 0) {
        return false;
    }
    returncode_ = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
    return true;
}

void child::report_unknown() noexcept {
    returncode_ = unknown_code;
    if (loop_ == nullptr || orphan_ || !is_ours()) {
        return;
    }
    try {
        const std::string what =
            "how " + named(pid_) +
            " ended is not known: somebody else has waited for it (waitpid(-1)?), "
            "or SIGCHLD is ignored; its returncode is given as 255";
        loop_->call_exception_handler({what, std::exception_ptr(), {}, {}});
    } catch (...) {  // no memory for the words
        loop_->call_exception_handler({"how a process ended is not known", {}, {}, {}});
    }
}

void child::watch() {
    if (descriptor_ < 0) {  // it was gone before it could be watched
        report_unknown();
        return;
    }
    target = &loop_->backend().adopt(descriptor_);
    descriptor_ = -1;
    retain();
    loop_->add_resident(*this);
    loop_->backend().submit(*this);
}

void child::complete() noexcept {
    queued_ = true;
    loop_->push_ready(*this);
}

void child::run() noexcept {
    queued_ = false;
    if (loop_ == nullptr) {
        release();
        return;
    }
    if (result < 0) {
        failure_ = static_cast<int>(-result);
        if (orphan_) {
            look(0);
        }
    } else if (!look(WNOHANG)) {
        loop_->backend().submit(*this);
        return;
    }
    finish();
}

// It has been reaped, or cannot be watched.
void child::finish() noexcept {
    move_out();
    io::channel& c = *std::exchange(target, nullptr);
    if (failure_ != 0 && !returncode_) {
        descriptor_ = loop_->backend().release(c);  // to kill it by
    } else {
        loop_->backend().close(c, io::closing::flush);
    }
    if (std::exchange(orphan_, false)) {
        loop_->end_outside_work();
    }
    waiters_.unpark_all();
    release();
}

void child::loop_closes() noexcept {
    if (in_flight) {
        loop_->backend().cancel(*this);
    }
    // A copy, because the backend may not give its own back on a thread that it never ran on.
    io::channel& c = *std::exchange(target, nullptr);
    descriptor_ = ::fcntl(c.descriptor(), F_DUPFD_CLOEXEC, 0);
    loop_->backend().close(c, io::closing::flush);
    loop_ = nullptr;
    if (std::exchange(orphan_, false) && is_ours()) {
        look(0);  // it was killed, so this is short
    }
    if (!queued_) {
        release();
    }
}

void child::send_signal(int signal) const {
    if (ended()) {
        throw process_lookup_error("send a signal to " + named(pid_));
    }
    const int descriptor = target != nullptr ? target->descriptor() : descriptor_;
    const int error = is_ours() ? signal_to(descriptor, signal) : ESRCH;
    if (error != 0 && error != ESRCH) {
        throw os_error(error, "send signal " + std::to_string(signal) + " to " + named(pid_));
    }
}

void child::abandon() noexcept {
    if (returncode_ || !is_ours()) {
        return;
    }
    const bool watched = target != nullptr;
    const int error = signal_to(watched ? target->descriptor() : descriptor_, SIGKILL);
    if (error != 0 && error != ESRCH) {
        return;  // a program with other rights than ours: nobody waits for it
    }
    if (watched) {
        orphan_ = true;
        loop_->begin_outside_work();
    } else {
        loop_ = nullptr;  // nobody is interested in how it ended
        look(0);
    }
}

}  // namespace nurt::detail
