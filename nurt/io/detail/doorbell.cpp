// SPDX-License-Identifier: MIT
// nurt/io/detail/doorbell.cpp: see the header.
#include "nurt/io/detail/doorbell.hpp"

#include "nurt/base/error.hpp"

#include <cerrno>
#include <cstdint>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace nurt::io::detail {

doorbell::doorbell() : eventfd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (eventfd_ < 0) {
        throw os_error(errno, "eventfd");
    }
}

doorbell::~doorbell() {
    if (eventfd_ >= 0) {
        ::close(eventfd_);
    }
}

void doorbell::after_fork() noexcept {
    ::close(std::exchange(eventfd_, -1));
}

void doorbell::ring() noexcept {
    rung_.store(true);
    if (sleeping_.load()) {
        const std::uint64_t one = 1;
        const int before = errno;  // a signal handler has to leave it alone
        [[maybe_unused]] const auto written = ::write(eventfd_, &one, sizeof one);
        errno = before;
    }
}

}  // namespace nurt::io::detail
