// SPDX-License-Identifier: MIT
// nurt/io/detail/uring_backend.hpp: the class behind make_uring_backend().
//
// Requests belong to channels and not to those who wait, so the kernel never holds memory of a task:
//  - One multishot request receives into shared buffers, and what nobody waits for is read ahead. So
//    it is for pipes that nobody else reads from, where the kernel can (Linux 6.7).
//    Connections that move bulk are read by plain calls when a poll request says so: a message that
//    comes in many small buffers costs twice as much.
//  - One multishot request accepts. Connections wait in the channel until somebody asks.
//  - A send never waits in the kernel: it is done while it is handed over, or a poll request waits
//    for room. One that is joined with the wait for its answer has a result only if it fails, so
//    that it does not end that wait: no result, once it was handed over, means that all was taken.
// Cancelling a wait is therefore taking a pointer out of the channel: at once, and no byte is lost.
//
// Files are the exception, for their reads end by themselves: the kernel has the memory of who waits,
// and who waits does so until the last result, also when it is cancelled.
#pragma once

#include "nurt/io/backend.hpp"
#include "nurt/io/detail/channel_pool.hpp"
#include "nurt/io/detail/kernel_backend.hpp"
#include "nurt/io/detail/read_ahead.hpp"
#include "nurt/io/detail/uring_ring.hpp"
#include "nurt/io/uring_backend.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

namespace nurt::io::detail {

// What a channel can have in the kernel, one of each; a bit.
enum class request : std::uint8_t {
    receive = 1,     // multishot
    accept = 2,      // multishot
    read_poll = 4,   // once
    write_poll = 8,  // once
    send = 16,
};

// Of Linux 6.7, and not in Debian's header.
constexpr std::uint8_t op_read_multishot = 49;

// Writes a request into a cleared entry. data and size are those of a send.
void fill_in(io_uring_sqe& entry, request r, int descriptor, const void* data = nullptr,
             std::size_t size = 0) noexcept;

struct queued_link : list_link {};
struct joined_link : list_link {};

// Invariants:
//  1. It is in the backend's queue while something is wanted or unwanted.
//  2. armed names the requests that the kernel has; only their last result takes them out. The
//     descriptor is closed, and the channel used again, only when nothing is armed and no
//     cancellation is under way: so no result ever reaches another owner.
//  3. While receive is armed nobody reads in another way: bytes keep their order.
//  4. A reader that receives or accepts waits only while nothing has been read ahead.
//  5. It is in the backend's list of joined sends from the submission of one until its result is
//     known. Until then nobody is given received bytes: they may go where the sent ones are.
struct uring_channel final : kernel_channel, queued_link, joined_link {
    void open(int descriptor) noexcept {
        kernel_channel::open(descriptor);
        bulk = plain_only = own_pipe = listens = closing = false;
        small_reads = 0;
        failure = 0;
    }
    bool is_armed(request r) const noexcept { return (armed & static_cast<unsigned>(r)) != 0; }
    // The kernel has it, or will have it with the next call.
    bool is_pending(request r) const noexcept {
        return ((armed | wanted) & static_cast<unsigned>(r)) != 0;
    }
    // Something that a read gets without asking the kernel.
    bool has_ahead() const noexcept { return !ahead.empty() || failure != 0; }
    bool is_idle() const noexcept { return armed == 0 && cancels == 0; }
    bool joins() const noexcept { return joined_link::linked(); }

    std::uint8_t armed = 0;
    std::uint8_t wanted = 0;       // to be handed over with the next call
    std::uint8_t unwanted = 0;     // to be cancelled
    std::uint8_t cancels = 0;      // cancellations that are under way
    std::uint8_t small_reads = 0;  // of a bulk channel, in a row
    bool bulk = false;             // read by plain calls
    bool plain_only = false;       // and for ever: it is no socket, or the kernel is too old
    bool own_pipe = false;         // and nobody else reads from it
    bool listens = false;          // what is read ahead are connections
    bool closing = false;
    io::closing how = io::closing::flush;
    int failure = 0;   // -errno that receiving ended with while nobody read
    read_ahead ahead;  // bytes, or the descriptors of connections
};

// The tag of a request is the address of its channel, whose low bits are free, and what it was: the
// number of the request's bit, or one of these.
enum tag_kind : std::uint64_t { tag_cancel = 5, tag_bell = 6, tag_none = 7, tag_mask = 7 };

// With tag_none an address is that of a request about a file; this one stands for a file that is
// closed and has no request.
constexpr std::uint64_t tag_closed_file = 8 | tag_none;

static_assert(alignof(uring_channel) > tag_mask && alignof(file_request) > tag_mask);

inline std::uint64_t tag_of(uring_channel& c, std::uint64_t kind) noexcept {
    return reinterpret_cast<std::uintptr_t>(&c) | kind;
}

inline std::uint64_t kind_of(unsigned bit) noexcept {
    return static_cast<std::uint64_t>(std::countr_zero(bit));
}

class uring_backend final : public kernel_backend {
public:
    explicit uring_backend(const uring_options& options) : options_(options) {}
    ~uring_backend() override;

    // 0, or the errno value of what the kernel refused; the backend cannot be used then.
    int open() noexcept;
    const uring_ring& ring() const noexcept { return ring_; }

    const char* name() const noexcept override { return "io_uring"; }
    channel& adopt(int descriptor) override;
    bool try_now(operation& op) noexcept override;
    void submit(operation& op) noexcept override;
    bool cancel(operation& op) noexcept override;
    void close(channel& c, closing how) noexcept override;
    int release(channel& c, std::string* unread) override;
    int shutdown_write(channel& c) noexcept override;
    bool submit_file(file_request& request) noexcept override;
    bool cancel_file(file_request& request) noexcept override;
    bool close_file(int descriptor) noexcept override;
    void wait(instant deadline) override;
    int descriptor() const noexcept override { return ring_.descriptor(); }
    void after_fork() noexcept override;
    void receive_on_request(channel& c) noexcept override;
    void receive_ahead(channel& c) noexcept override;
    std::size_t channels() const noexcept override { return channels_.used(); }
    void hold_input(bool on) noexcept override;

private:
    // Channels
    bool try_other(uring_channel& c, operation& op) noexcept;
    void submit_other(uring_channel& c, operation& op) noexcept;
    bool take_ahead(uring_channel& c, operation& op) noexcept;
    void arm_reader(uring_channel& c) noexcept;
    void want(uring_channel& c, request r) noexcept;
    void stop(uring_channel& c, request r) noexcept;
    void enqueue(uring_channel& c) noexcept;
    bool may_join(const uring_channel& c, const operation& op) const noexcept;
    bool send_alone(uring_channel& c) noexcept;
    void end_reader(uring_channel& c, std::int64_t result) noexcept;
    void end_writer(uring_channel& c, std::int64_t result) noexcept;
    void end_all(uring_channel& c) noexcept;
    void finish_close(uring_channel& c) noexcept;
    int take_out(uring_channel& c) noexcept;
    void end_rest() noexcept;
    void read_enough(uring_channel& c, request r) noexcept;
    void drain() noexcept;

    // Handing over and waiting
    void prepare() noexcept;
    bool prepare(uring_channel& c) noexcept;
    void watch_bell() noexcept;
    void forget_bell() noexcept;
    std::int64_t time_to_sleep(instant deadline) noexcept;
    void enter(std::int64_t nanoseconds);

    // Files
    bool knows(file_call call) noexcept;
    bool knows_opcode(unsigned opcode) noexcept;
    bool hand_over(file_request& request) noexcept;
    void hand_over_in_order(file_request& request) noexcept;
    void prepare_files() noexcept;
    void forget_files() noexcept;
    void file_result(std::uint64_t tag, int result) noexcept;

    // Results
    void collect() noexcept;
    void dispatch(const io_uring_cqe& result) noexcept;
    void received(uring_channel& c, int result, unsigned flags) noexcept;
    void deliver(uring_channel& c, const char* bytes, std::size_t n) noexcept;
    void deliver_rest(uring_channel& c, const char* bytes, std::size_t n) noexcept;
    void receive_ended(uring_channel& c, int result) noexcept;
    void accepted(uring_channel& c, int result) noexcept;
    void readable(uring_channel& c, int result) noexcept;
    void note_size(uring_channel& c, std::int64_t result) noexcept;
    void writable(uring_channel& c, int result) noexcept;
    void sent(uring_channel& c, int result) noexcept;
    void settle_joined() noexcept;
    void settle(uring_channel& c, int result) noexcept;

    const uring_options options_;
    uring_buffers buffers_;  // not open: everything is read by plain calls
    uring_ring ring_;        // after them, so that it ends first
    channel_pool<uring_channel> channels_;
    intrusive_list<uring_channel, queued_link> queue_;
    intrusive_list<uring_channel, joined_link> joined_;
    unsigned finished_last_ = 0;          // operations that the last wait completed
    bool unsettled_ = false;              // joined sends were not handed over by the last wait
    intrusive_list<file_request> files_;  // to be handed over, or to be cancelled
    intrusive_list<file_request> handed_files_;
    std::size_t files_in_kernel_ = 0;
    std::uint64_t known_calls_ = 0;  // bits of opcodes; 0: not yet asked
    bool draining_ = false;          // results of files have nobody to go to
    bool bell_watched_ = false;
    bool multishot_works_ = false;
};

}  // namespace nurt::io::detail
