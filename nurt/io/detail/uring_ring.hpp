// SPDX-License-Identifier: MIT
// nurt/io/detail/uring_ring.hpp: io_uring itself: three system calls and two mappings.
//
// Requests are written into a ring in shared memory and handed over by enter(); results appear in
// another ring. Nothing here knows what they mean. The layout is the kernel's, see
// io_uring_setup(2).
#pragma once

#include "nurt/io/uring_backend.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <linux/io_uring.h>

namespace nurt::io::detail {

class uring_ring {
public:
    uring_ring() = default;
    uring_ring(const uring_ring&) = delete;
    uring_ring& operator=(const uring_ring&) = delete;
    ~uring_ring();

    // 0, or the errno value of the system call that said no; refused_by() is its name.
    int open(const uring_options& options) noexcept;
    // In a child made by fork(): there is no memory here to give back.
    void forget() noexcept;
    const char* refused_by() const noexcept { return refused_by_; }
    int descriptor() const noexcept { return descriptor_; }
    uring_mode mode() const noexcept { return mode_; }

    // Room for one request, cleared; null when the queue is full until the next enter.
    io_uring_sqe* next() noexcept {
        if (is_full()) [[unlikely]] {
            return nullptr;
        }
        io_uring_sqe* request = &requests_[tail_ & submission_mask_];
        ++tail_;
        *request = io_uring_sqe{};
        return request;
    }
    bool is_full() const noexcept { return tail_ - load(submission_head_) == submission_entries_; }
    bool has_requests() const noexcept { return tail_ != load(submission_head_); }

    // Hands the requests over. 0, or -errno when the kernel took none.
    int submit() noexcept { return enter(0, 0); }
    // The same, and waits for a result: for so many nanoseconds, 0 only looks, -1 is for ever.
    // That the time is over, or a signal came, is no error.
    int wait(std::int64_t nanoseconds) noexcept;

    bool has_results() const noexcept { return head_ != load(completion_tail_); }
    // The kernel has results that it cannot show before it is entered.
    bool wants_entry() const noexcept {
        return (flags_->load(std::memory_order_relaxed) &
                (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;
    }
    // Results may be missing among those that can be seen.
    bool hides_results() const noexcept {
        return (flags_->load(std::memory_order_relaxed) & IORING_SQ_CQ_OVERFLOW) != 0;
    }
    // Calls fn(io_uring_cqe&) for the results that are there now, and leaves them.
    template <class Fn>
    void look_through(Fn fn) {
        const unsigned end = load(completion_tail_);
        for (unsigned at = head_; at != end; ++at) {
            fn(results_[at & completion_mask_]);
        }
    }
    // Calls fn(const io_uring_cqe&) for the results that are there now.
    template <class Fn>
    void collect(Fn fn) {
        const unsigned end = load(completion_tail_);
        while (head_ != end) {
            fn(results_[head_ & completion_mask_]);
            ++head_;
        }
        completion_head_->store(head_, std::memory_order_release);
    }

private:
    using counter = std::atomic<unsigned>;  // what the kernel reads and writes as well

    static unsigned load(const counter* c) noexcept { return c->load(std::memory_order_acquire); }

    int set_up(const uring_options& options, unsigned flags) noexcept;
    int map(const io_uring_params& p) noexcept;
    int enter(unsigned flags, std::int64_t nanoseconds) noexcept;

    int descriptor_ = -1;
    uring_mode mode_ = uring_mode::deferred;
    bool disabled_ = false;  // until the thread that uses it enters it first
    const char* refused_by_ = "io_uring_setup";

    unsigned tail_ = 0;  // of the requests; what lies between the kernel's head and this is ours
    unsigned submission_mask_ = 0;
    unsigned submission_entries_ = 0;
    counter* submission_head_ = nullptr;
    counter* submission_tail_ = nullptr;
    counter* flags_ = nullptr;
    io_uring_sqe* requests_ = nullptr;

    unsigned head_ = 0;  // of the results
    unsigned completion_mask_ = 0;
    counter* completion_head_ = nullptr;
    counter* completion_tail_ = nullptr;
    io_uring_cqe* results_ = nullptr;

    void* rings_ = nullptr;
    std::size_t rings_size_ = 0;
    std::size_t requests_size_ = 0;
};

// Memory that the kernel takes from when something is received: who will need it is not known before.
class uring_buffers {
public:
    uring_buffers() = default;
    uring_buffers(const uring_buffers&) = delete;
    uring_buffers& operator=(const uring_buffers&) = delete;
    ~uring_buffers();

    // 0, or an errno value. count is a power of two.
    int open(const uring_ring& ring, unsigned count, unsigned size) noexcept;
    bool is_open() const noexcept { return ring_ != nullptr; }
    void forget() noexcept { ring_ = nullptr; }  // as that of uring_ring
    unsigned size() const noexcept { return size_; }

    const char* at(unsigned id) const noexcept { return data_ + std::size_t{id} * size_; }
    void give_back(unsigned id) noexcept;
    // Shows the kernel what was given back.
    void publish() noexcept;

private:
    io_uring_buf* ring_ = nullptr;
    char* data_ = nullptr;
    unsigned count_ = 0;
    unsigned size_ = 0;
    std::size_t mapped_ = 0;
    std::uint16_t tail_ = 0;
};

}  // namespace nurt::io::detail
