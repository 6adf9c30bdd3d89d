// SPDX-License-Identifier: MIT
// nurt/io/detail/uring_files.cpp: requests about files.
//
// Unlike a channel's they name memory of whoever waits, who stays until the result: so each is its
// own tag. A cancellation is handed over once at most, and before any later request that might get
// the same address, so it cannot meet another one. A request that is under way is in one of two lists:
// files_, to be handed over or to be cancelled, and handed_files_.
#include "nurt/io/detail/uring_backend.hpp"

#include <cerrno>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

namespace nurt::io::detail {

namespace {

constexpr std::uint8_t op_ftruncate = 55;       // Linux 6.9; not in Debian's header
constexpr std::size_t most_bytes = 0x7ffff000;  // of one read or write; more is cut by the kernel

constexpr std::uint8_t opcode_of(file_call call) noexcept {
    switch (call) {
        case file_call::open: return IORING_OP_OPENAT;
        case file_call::close: return IORING_OP_CLOSE;
        case file_call::read: return IORING_OP_READ;
        case file_call::write: return IORING_OP_WRITE;
        case file_call::fsync:
        case file_call::fdatasync: return IORING_OP_FSYNC;
        case file_call::truncate: return op_ftruncate;
        case file_call::stat: return IORING_OP_STATX;
        case file_call::rename: return IORING_OP_RENAMEAT;
        case file_call::unlink: return IORING_OP_UNLINKAT;
        case file_call::mkdir: return IORING_OP_MKDIRAT;
        case file_call::symlink: return IORING_OP_SYMLINKAT;
        case file_call::link: break;
    }
    return IORING_OP_LINKAT;
}

std::uint64_t address(const void* p) noexcept {
    return reinterpret_cast<std::uintptr_t>(p);
}

void fill_in_bytes(io_uring_sqe& entry, const file_request& r) noexcept {
    entry.addr = address(r.data);
    entry.len = static_cast<unsigned>(r.size < most_bytes ? r.size : most_bytes);
    entry.off = static_cast<std::uint64_t>(r.offset);
}

// Into a cleared entry.
void fill_in(io_uring_sqe& entry, const file_request& r) noexcept {
    entry.opcode = opcode_of(r.what);
    entry.fd = r.descriptor;
    entry.user_data = address(&r) | tag_none;
    switch (r.what) {
        case file_call::read:
        case file_call::write: fill_in_bytes(entry, r); return;
        case file_call::close:
        case file_call::fsync: return;
        case file_call::fdatasync: entry.fsync_flags = IORING_FSYNC_DATASYNC; return;
        case file_call::truncate: entry.off = static_cast<std::uint64_t>(r.offset); return;
        case file_call::open: entry.open_flags = r.flags; break;
        case file_call::unlink: entry.unlink_flags = r.flags; break;
        case file_call::stat:
            entry.statx_flags = r.flags;
            entry.off = address(r.data);
            break;
        case file_call::rename:
        case file_call::link:
            entry.len = static_cast<unsigned>(r.descriptor);  // where the other path begins
            [[fallthrough]];
        case file_call::symlink: entry.off = address(r.other); break;
        case file_call::mkdir: break;
    }
    entry.addr = address(r.path);
    if (r.what == file_call::open || r.what == file_call::stat || r.what == file_call::mkdir) {
        entry.len = r.mode;
    }
}

// A bit for each opcode that the kernel knows; one bit more, so that the answer is never 0.
std::uint64_t ask_for_opcodes(int ring) noexcept {
    constexpr unsigned count = 63;
    alignas(io_uring_probe) char memory[sizeof(io_uring_probe) + count * sizeof(io_uring_probe_op)];
    std::memset(memory, 0, sizeof memory);
    std::uint64_t known = std::uint64_t{1} << count;
    if (::syscall(SYS_io_uring_register, ring, IORING_REGISTER_PROBE, memory, count) < 0) {
        return known;
    }
    const auto& probe = *reinterpret_cast<const io_uring_probe*>(memory);
    for (unsigned i = 0; i < probe.ops_len && i < count; ++i) {
        if ((probe.ops[i].flags & IO_URING_OP_SUPPORTED) != 0) {
            known |= std::uint64_t{1} << probe.ops[i].op;
        }
    }
    return known;
}

}  // namespace

bool uring_backend::knows_opcode(unsigned opcode) noexcept {
    if (known_calls_ == 0) {
        known_calls_ = ask_for_opcodes(ring_.descriptor());
    }
    return (known_calls_ >> opcode & 1) != 0;
}

bool uring_backend::knows(file_call call) noexcept {
    return knows_opcode(opcode_of(call));
}

// The request, or if the kernel has that already its cancellation. False: the queue is full.
bool uring_backend::hand_over(file_request& r) noexcept {
    io_uring_sqe* entry = ring_.next();
    if (entry == nullptr) {
        return false;
    }
    if (r.in_kernel) {
        entry->opcode = IORING_OP_ASYNC_CANCEL;
        entry->fd = -1;
        entry->addr = address(&r) | tag_none;
        entry->user_data = tag_none;
    } else {
        fill_in(*entry, r);
        r.in_kernel = true;
        ++files_in_kernel_;
    }
    handed_files_.push_back(r);
    return true;
}

void uring_backend::hand_over_in_order(file_request& r) noexcept {
    if (!files_.empty() || !hand_over(r)) {
        files_.push_back(r);
    }
}

bool uring_backend::submit_file(file_request& r) noexcept {
    if (forked_ || !knows(r.what)) {
        return false;
    }
    ++in_flight_;
    r.in_flight = true;
    hand_over_in_order(r);
    return true;
}

bool uring_backend::cancel_file(file_request& r) noexcept {
    r.unlink();
    if (!r.in_kernel) {
        r.in_flight = false;
        --in_flight_;
        return true;
    }
    hand_over_in_order(r);
    return false;
}

bool uring_backend::close_file(int descriptor) noexcept {
    io_uring_sqe* entry = forked_ || !knows(file_call::close) ? nullptr : ring_.next();
    if (entry == nullptr) {
        return false;
    }
    entry->opcode = IORING_OP_CLOSE;
    entry->fd = descriptor;
    entry->user_data = tag_closed_file;
    ++in_flight_;
    ++files_in_kernel_;
    return true;
}

void uring_backend::prepare_files() noexcept {
    while (file_request* r = files_.pop_front()) {
        if (!hand_over(*r)) {
            files_.push_front(*r);
            if (ring_.submit() != 0 || ring_.is_full()) {
                return;
            }
        }
    }
}

// The end of the backend: those who wait will not hear of it, but the kernel has their memory.
void uring_backend::forget_files() noexcept {
    draining_ = true;
    intrusive_list<file_request> queued;
    queued.splice_back(files_);
    while (file_request* r = queued.pop_front()) {
        if (r->in_kernel) {
            files_.push_back(*r);
        }
    }
    files_.splice_back(handed_files_);  // all are to be cancelled
}

void uring_backend::file_result(std::uint64_t tag, int result) noexcept {
    --files_in_kernel_;
    --in_flight_;
    if (tag == tag_closed_file) {
        return;
    }
    auto& r = *reinterpret_cast<file_request*>(tag & ~std::uint64_t{tag_mask});
    r.unlink();
    r.in_flight = r.in_kernel = false;
    r.result = result;
    if (!draining_) {
        r.complete();
    } else if (r.what == file_call::open && result >= 0) {
        detail::close(result);
    }
}

}  // namespace nurt::io::detail
