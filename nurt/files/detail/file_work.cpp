// SPDX-License-Identifier: MIT
// nurt/files/detail/file_work.cpp: see the header.
#include "nurt/files/detail/file_work.hpp"

#include "nurt/base/error.hpp"

#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <sys/uio.h>

namespace nurt::files::detail {

namespace {

// What is in memory is copied at once: cheaper than waking a thread. False: not all of it is, or this is
// the end, and a thread has to look.
bool read_cached(io::file_request& r) noexcept {
    if (r.offset < 0) {
        return false;  // a short read would have moved what others share
    }
    iovec to{r.data, r.size};
    r.result = ::preadv2(r.descriptor, &to, 1, r.offset, RWF_NOWAIT);
    return r.result == static_cast<std::int64_t>(r.size);
}

}  // namespace

void file_work::start() {
    event_loop& loop = event_loop::running();
    cancel_asked_ = false;
    is_posted_ = false;
    if (loop.backend().submit_file(*this)) {
        return;
    }
    if (what == file_call::read && !loop.parts().clock->simulated() && read_cached(*this)) {
        loop.push_ready(*this);
        return;
    }
    is_posted_ = true;
    posted_.post(loop, nurt::detail::executor_of(loop), *this);
}

void file_work::start_anyway() noexcept {
    try {
        start();
    } catch (...) {  // no thread to be had
        is_posted_ = false;
        result = perform(*this);
        event_loop::here().push_ready(*this);
    }
}

bool file_work::withdraw() noexcept {
    if (cancel_asked_) {
        return false;
    }
    cancel_asked_ = true;
    if (!is_posted_) {
        // A close that was interrupted, has it happened? It is let be.
        const bool may_be = in_flight && (what != file_call::close || !in_kernel);
        return may_be && event_loop::here().backend().cancel_file(*this);
    }
    return posted_.withdraw(*this);
}

bool file_work::was_cancelled() const noexcept {
    return cancel_asked_ && what != file_call::close && (result == -ECANCELED || result == -EINTR);
}

void file_work::complete() noexcept {
    // A signal that was not meant for it: a cancellation interrupts in the same way.
    if (result == -EINTR && !cancel_asked_ && what != file_call::close &&
        event_loop::here().backend().submit_file(*this)) {
        return;
    }
    ended();
}

// A closed loop has given up who waits, and this with them.
void file_work::deliver() noexcept {
    static_cast<void>(posted_.deliver(*this));
}

file_leaf::file_leaf(file_call code, const std::string& name) noexcept : file_leaf(code, AT_FDCWD) {
    path = name.c_str();
}

cancel_answer file_leaf::cancel() noexcept {
    return withdraw() ? cancel_answer::done : cancel_answer::later;
}

void file_leaf::ended() noexcept {
    if (was_cancelled()) {
        complete_cancelled();
    } else {
        leaf::complete();
    }
}

void check_path(const std::string& path) {
    if (path.find('\0') != path.npos) {
        throw std::invalid_argument("embedded null byte in a path");
    }
}

void fail(std::int64_t result, std::string_view call, std::string_view name) {
    const std::string_view shown = name.empty() ? "''" : name;
    throw os_error(static_cast<int>(-result), std::string(call) + " " + std::string(shown));
}

}  // namespace nurt::files::detail
