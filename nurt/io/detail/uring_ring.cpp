// SPDX-License-Identifier: MIT
// nurt/io/detail/uring_ring.cpp: see the header.
#include "nurt/io/detail/uring_ring.hpp"

#include <cerrno>
#include <utility>

#include <linux/time_types.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nurt::io::detail {

namespace {

// What the rest relies on. The last one is younger than what it stands for, requests that a poll
// can end and results that are never dropped, and marks Linux 5.17.
constexpr unsigned needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP |
                            IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_FAST_POLL |
                            IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;

unsigned flags_of(uring_mode mode) noexcept {
    constexpr unsigned common = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
    constexpr unsigned newer = common | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_TASKRUN_FLAG;
    switch (mode) {
        case uring_mode::deferred:
            // Disabled until it is used, because it belongs to the thread that enabled it, and a
            // loop may be made on another one.
            return newer | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                   IORING_SETUP_R_DISABLED;
        case uring_mode::cooperative: return newer | IORING_SETUP_COOP_TASKRUN;
        case uring_mode::interrupting: break;
    }
    return common;
}

// A child made by fork() has none of it: the rings are shared memory, and the parent's.
void* map_shared(int descriptor, std::size_t size, off_t what) noexcept {
    void* memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, what);
    if (memory == MAP_FAILED) {
        return nullptr;
    }
    ::madvise(memory, size, MADV_DONTFORK);
    return memory;
}

template <class T>
T* at(void* base, unsigned offset) noexcept {
    return reinterpret_cast<T*>(static_cast<char*>(base) + offset);
}

}  // namespace

int uring_ring::open(const uring_options& options) noexcept {
    int error = EINVAL;
    for (mode_ = options.mode;; mode_ = static_cast<uring_mode>(static_cast<int>(mode_) + 1)) {
        error = set_up(options, flags_of(mode_));
        const bool last = mode_ == uring_mode::interrupting || !options.lower_modes;
        if (error != EINVAL || last) {
            return error;
        }
    }
}

int uring_ring::set_up(const uring_options& options, unsigned flags) noexcept {
    io_uring_params p{};
    p.flags = flags;
    p.cq_entries = options.completions;
    descriptor_ = static_cast<int>(::syscall(__NR_io_uring_setup, options.submissions, &p));
    if (descriptor_ < 0) {
        return errno;
    }
    disabled_ = (flags & IORING_SETUP_R_DISABLED) != 0;
    const int error = (p.features & needed) == needed ? map(p) : ENOSYS;
    if (error != 0) {
        ::close(descriptor_);
        descriptor_ = -1;
    }
    return error;
}

int uring_ring::map(const io_uring_params& p) noexcept {
    refused_by_ = "mmap";
    const std::size_t submissions_end = p.sq_off.array + p.sq_entries * sizeof(unsigned);
    const std::size_t completions_end = p.cq_off.cqes + p.cq_entries * sizeof(io_uring_cqe);
    rings_size_ = submissions_end > completions_end ? submissions_end : completions_end;
    rings_ = map_shared(descriptor_, rings_size_, IORING_OFF_SQ_RING);
    if (rings_ == nullptr) {
        return errno;
    }
    requests_size_ = p.sq_entries * sizeof(io_uring_sqe);
    void* requests = map_shared(descriptor_, requests_size_, IORING_OFF_SQES);
    if (requests == nullptr) {
        const int error = errno;
        ::munmap(rings_, rings_size_);
        rings_ = nullptr;
        return error;
    }
    requests_ = static_cast<io_uring_sqe*>(requests);
    submission_entries_ = p.sq_entries;
    submission_mask_ = *at<unsigned>(rings_, p.sq_off.ring_mask);
    submission_head_ = at<counter>(rings_, p.sq_off.head);
    submission_tail_ = at<counter>(rings_, p.sq_off.tail);
    flags_ = at<counter>(rings_, p.sq_off.flags);
    completion_mask_ = *at<unsigned>(rings_, p.cq_off.ring_mask);
    completion_head_ = at<counter>(rings_, p.cq_off.head);
    completion_tail_ = at<counter>(rings_, p.cq_off.tail);
    results_ = at<io_uring_cqe>(rings_, p.cq_off.cqes);
    auto* places = at<unsigned>(rings_, p.sq_off.array);
    for (unsigned i = 0; i < submission_entries_; ++i) {
        places[i] = i;  // requests are handed over in the order of their places, always
    }
    return 0;
}

uring_ring::~uring_ring() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
    if (rings_ != nullptr) {
        ::munmap(requests_, requests_size_);
        ::munmap(rings_, rings_size_);
    }
}

void uring_ring::forget() noexcept {
    rings_ = nullptr;
    ::close(std::exchange(descriptor_, -1));
}

int uring_ring::wait(std::int64_t nanoseconds) noexcept {
    const int error = enter(IORING_ENTER_GETEVENTS, nanoseconds);
    return error == -ETIME || error == -EINTR ? 0 : error;
}

int uring_ring::enter(unsigned flags, std::int64_t nanoseconds) noexcept {
    if (disabled_) [[unlikely]] {
        if (::syscall(__NR_io_uring_register, descriptor_, IORING_REGISTER_ENABLE_RINGS, nullptr,
                      0) != 0) {
            return -errno;
        }
        disabled_ = false;
    }
    submission_tail_->store(tail_, std::memory_order_release);
    const __kernel_timespec left{.tv_sec = nanoseconds / 1'000'000'000,
                                 .tv_nsec = nanoseconds % 1'000'000'000};
    io_uring_getevents_arg argument{};
    void* extra = nullptr;
    std::size_t extra_size = 0;
    if (nanoseconds > 0) {
        argument.ts = reinterpret_cast<std::uintptr_t>(&left);
        extra = &argument;
        extra_size = sizeof argument;
        flags |= IORING_ENTER_EXT_ARG;
    }
    const auto taken = ::syscall(__NR_io_uring_enter, descriptor_, tail_ - load(submission_head_),
                                 nanoseconds != 0 ? 1U : 0U, flags, extra, extra_size);
    return taken < 0 ? -errno : 0;
}

uring_buffers::~uring_buffers() {
    if (ring_ != nullptr) {
        ::munmap(ring_, mapped_);
    }
}

int uring_buffers::open(const uring_ring& ring, unsigned count, unsigned size) noexcept {
    const std::size_t head = std::size_t{count} * sizeof(io_uring_buf);
    const std::size_t length = head + std::size_t{count} * size;
    void* memory =
        ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return errno;
    }
    ::madvise(memory, length, MADV_DONTFORK);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
    registration.ring_entries = count;
    if (::syscall(__NR_io_uring_register, ring.descriptor(), IORING_REGISTER_PBUF_RING,
                  &registration, 1) != 0) {
        const int error = errno;
        ::munmap(memory, length);
        return error;
    }
    ring_ = static_cast<io_uring_buf*>(memory);
    data_ = static_cast<char*>(memory) + head;
    mapped_ = length;
    count_ = count;
    size_ = size;
    for (unsigned id = 0; id < count; ++id) {
        give_back(id);
    }
    publish();
    return 0;
}

void uring_buffers::give_back(unsigned id) noexcept {
    io_uring_buf& place = ring_[tail_ & (count_ - 1)];
    place.addr = reinterpret_cast<std::uintptr_t>(at(id));
    place.len = size_;
    place.bid = static_cast<std::uint16_t>(id);
    ++tail_;
}

void uring_buffers::publish() noexcept {
    // The kernel's view of the tail lies in a part of the first entry that entries do not use.
    auto* shown = reinterpret_cast<std::atomic<std::uint16_t>*>(&ring_->resv);
    shown->store(tail_, std::memory_order_release);
}

}  // namespace nurt::io::detail
