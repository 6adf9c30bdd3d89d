// SPDX-License-Identifier: MIT
// tests/faults/kernel_ring.cpp: the calls about io_uring, and what is handed over by them.
#include "tests/faults/through.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <utility>
#include <vector>

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

using nurt_test::call;
using nurt_test::refusal;
using nurt_test::through;

extern "C" int __real_close(int a);

namespace nurt_test {

namespace {

constexpr std::uint8_t op_ftruncate = 55;

// What the last ring has mapped, so that requests can be changed on their way, and results.
struct ring_memory {
    io_uring_params layout{};
    char* ring = nullptr;
    io_uring_sqe* requests = nullptr;

    unsigned& at(unsigned offset) const { return *reinterpret_cast<unsigned*>(ring + offset); }
};

thread_local ring_memory latest_ring;
// The tags of requests that were replaced by one that does nothing, and what is to come of them.
thread_local std::vector<std::pair<std::uint64_t, int>> promised;

bool is_about_a_file(const io_uring_sqe& entry) {
    static constexpr std::uint8_t codes[] = {
        IORING_OP_OPENAT,  IORING_OP_CLOSE,  IORING_OP_READ,      IORING_OP_WRITE,
        IORING_OP_FSYNC,   IORING_OP_STATX,  IORING_OP_RENAMEAT,  IORING_OP_UNLINKAT,
        IORING_OP_MKDIRAT, IORING_OP_LINKAT, IORING_OP_SYMLINKAT, op_ftruncate};
    return std::find(std::begin(codes), std::end(codes), entry.opcode) != std::end(codes);
}

// In its place comes a request that does nothing, and this result.
void replace(io_uring_sqe& entry, int result) {
    if (entry.opcode == IORING_OP_CLOSE) {
        __real_close(entry.fd);
    }
    const std::uint64_t tag = entry.user_data;
    entry = {};
    entry.opcode = IORING_OP_NOP;
    entry.user_data = tag;
    promised.emplace_back(tag, result);
}

void spoil_file(io_uring_sqe& entry) {
    const bool moves = entry.opcode == IORING_OP_READ || entry.opcode == IORING_OP_WRITE;
    const int error = refusal(call::uring_file_result);
    if (error == one_byte) {
        entry.len = moves && entry.len > 1 ? 1 : entry.len;
    } else if (error == nothing) {
        if (entry.opcode == IORING_OP_WRITE) {
            replace(entry, 0);
        }
    } else if (error != 0) {
        replace(entry, -error);
    }
}

// A request whose descriptor is none fails with EBADF, one that is unknown with EINVAL.
void spoil_request(io_uring_sqe& entry) {
    if (is_about_a_file(entry)) {
        spoil_file(entry);
        return;
    }
    if (const int error = refusal(call::uring_result); error != 0) {
        replace(entry, -error);
    }
    if (const int error = refusal(call::uring_request); error != 0) {
        entry.fd = error == EBADF ? -1 : entry.fd;
        entry.opcode = error == EINVAL ? std::uint8_t{255} : entry.opcode;
    }
}

void spoil_requests() {
    const ring_memory& m = latest_ring;
    if (m.ring == nullptr || m.requests == nullptr) {
        return;
    }
    const unsigned mask = m.at(m.layout.sq_off.ring_mask);
    for (unsigned i = m.at(m.layout.sq_off.head); i != m.at(m.layout.sq_off.tail); ++i) {
        io_uring_sqe& entry = m.requests[i & mask];
        if (entry.opcode != IORING_OP_ASYNC_CANCEL) {  // that one the kernel always understands
            spoil_request(entry);
        }
    }
}

void keep_promises() {
    const ring_memory& m = latest_ring;
    if (promised.empty() || m.ring == nullptr) {
        return;
    }
    auto* results = reinterpret_cast<io_uring_cqe*>(m.ring + m.layout.cq_off.cqes);
    const unsigned mask = m.at(m.layout.cq_off.ring_mask);
    for (unsigned i = m.at(m.layout.cq_off.head); i != m.at(m.layout.cq_off.tail); ++i) {
        io_uring_cqe& one = results[i & mask];
        std::erase_if(promised, [&one](const auto& promise) {
            const bool here = promise.first == one.user_data;
            one.res = here ? promise.second : one.res;
            return here;
        });
    }
}

}  // namespace

}  // namespace nurt_test

extern "C" {

NURT_THROUGH(madvise, int, madvise, (void* a, size_t b, int c), (a, b, c))

void* __real_mmap(void* a, size_t b, int c, int d, int e, off_t f);
void* __wrap_mmap(void* a, size_t b, int c, int d, int e, off_t f);
void* __wrap_mmap(void* a, size_t b, int c, int d, int e, off_t f) {
    if (const int error = refusal(call::mmap); error != 0) {
        errno = error;
        return MAP_FAILED;
    }
    void* memory = __real_mmap(a, b, c, d, e, f);
    if (memory != MAP_FAILED && e >= 0 && f == off_t{IORING_OFF_SQ_RING}) {
        nurt_test::latest_ring.ring = static_cast<char*>(memory);
    }
    if (memory != MAP_FAILED && e >= 0 && f == off_t{IORING_OFF_SQES}) {
        nurt_test::latest_ring.requests = static_cast<io_uring_sqe*>(memory);
    }
    return memory;
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long argument[6];
    for (long& each : argument) {
        each = va_arg(list, long);
    }
    va_end(list);
    const auto real = [&] {
        return __real_syscall(number, argument[0], argument[1], argument[2], argument[3],
                              argument[4], argument[5]);
    };
    if (number == __NR_io_uring_setup) {
        const long made = through(call::uring_setup, real);
        if (made >= 0) {
            nurt_test::latest_ring = {};
            nurt_test::promised.clear();
            nurt_test::latest_ring.layout = *reinterpret_cast<io_uring_params*>(argument[1]);
        }
        return made;
    }
    if (number == __NR_io_uring_register) {
        return through(call::uring_register, real);
    }
    if (number == __NR_io_uring_enter) {
        nurt_test::spoil_requests();
        const long entered = through(call::uring_enter, real);
        const int error = errno;
        nurt_test::keep_promises();
        errno = error;
        return entered;
    }
    if (number == __NR_pidfd_open) {
        return through(call::pidfd_open, real);
    }
    if (number == __NR_pidfd_send_signal) {
        return through(call::pidfd_signal, real);
    }
    return real();
}

}  // extern "C"
