// SPDX-License-Identifier: MIT
#include "tests/io/worlds.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace nurt_test {

namespace {

rlim_t limit_before = 0;

}  // namespace

std::unique_ptr<nurt::io::backend> uring_or_epoll(const nurt::io::uring_options& options) {
    auto ring = nurt::io::make_uring_backend(options);
    return ring ? std::move(ring) : nurt::io::make_epoll_backend();
}

void kernel_world::leave_descriptors(int count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit_before = limit.rlim_cur;
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    limit.rlim_cur = static_cast<rlim_t>(lowest_free + count);
    setrlimit(RLIMIT_NOFILE, &limit);
}

void kernel_world::restore_descriptors() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit_before;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void sim_world::leave_descriptors(int count) {
    nurt::sim::faults plan;
    plan.descriptors = count;
    io = nurt::sim::make_backend(*clock, 1, plan);
}

}  // namespace nurt_test
