// SPDX-License-Identifier: MIT
// nurt/net/detail/datagram_state.hpp: what a socket for datagrams and those who wait for it share.
//
// Each direction has one operation, which waits until the kernel is ready, and a line of leaves, which
// are served in order by calls that never wait. So any number of tasks may receive and send, and
// whoever is cancelled just steps out of the line: no datagram is lost.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/io/backend.hpp"
#include "nurt/io/datagram.hpp"
#include "nurt/io/operation.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/timer_heap.hpp"
#include "nurt/net/detail/socket_file.hpp"

namespace nurt::detail {

struct datagram_state;

class datagram_leaf : public leaf, public list_link {
public:
    bool await_ready();
    void await_suspend(std::coroutine_handle<>) noexcept;
    cancel_answer cancel() noexcept override;

    // The calls. False: nothing can be done at the moment.
    bool attempt() noexcept;
    void finish() noexcept { leaf::complete(); }
    void finish(std::int64_t result) noexcept {
        result_ = result;
        finish();
    }

protected:
    datagram_leaf(std::shared_ptr<datagram_state> state, bool sends, io::datagram* first,
                  std::size_t count) noexcept
        : state_(std::move(state)), first_(first), count_(count), sends_(sends) {}
    ~datagram_leaf() = default;

    // Of a leaf whose count is 0: its own call, which never waits. -EAGAIN: nothing can be done now.
    virtual std::int64_t call(int /*socket*/) noexcept { return 0; }

    // How many; throws if it failed.
    std::size_t number() const {
        if (result_ < 0) [[unlikely]] {
            fail();
        }
        return static_cast<std::size_t>(result_);
    }

private:
    [[noreturn]] void fail() const;
    bool attempt_receive() noexcept;
    void receive_rest(std::size_t few) noexcept;
    bool attempt_send() noexcept;
    bool attempt_call() noexcept;

    std::shared_ptr<datagram_state> state_;
    io::datagram* first_;
    std::size_t count_;
    std::size_t sent_ = 0;
    std::int64_t result_ = 0;
    bool sends_;
    bool done_ = false;  // has its result, and only lets others run
};

// Invariant: it is in flight, or its timer is armed, exactly while somebody waits.
class datagram_side final : public io::operation, public timer_node {
public:
    datagram_side(datagram_state& state, io::opcode what) noexcept : state_(state) { code = what; }

    bool anybody_waits() noexcept { return !line_.empty(); }
    void enter(datagram_leaf& l) noexcept;
    void leave(datagram_leaf& l) noexcept;
    void end_all(std::int64_t result) noexcept;
    void complete() noexcept override;
    void expire() noexcept override;
    void discard() noexcept override { const auto last = std::move(keep_); }
    void end_timer() noexcept;

private:
    void submit() noexcept;
    void serve() noexcept;
    void retry_later() noexcept;
    void stop() noexcept;

    datagram_state& state_;
    intrusive_list<datagram_leaf> line_;
    std::shared_ptr<datagram_state> keep_;  // while the backend or a timer knows it
};

struct datagram_state : std::enable_shared_from_this<datagram_state> {
    explicit datagram_state(event_loop& l) noexcept : loop(l), io(l.backend()) {}
    void open(io::channel& c) noexcept { receiving.target = sending.target = channel = &c; }

    void close() noexcept;
    // A receive looked for a datagram.
    void looked(bool found, unsigned most_patience) noexcept {
        patience = found ? 0 : patience * 2 + 1;
        patience = patience < most_patience ? patience : most_patience;
        if (!found) {
            waits_without_looking = patience;
        }
    }
    // So many came at once. Preparing slots costs more than receiving into a few, so a batch asks for
    // twice as many as came, and forgets a rush by halves.
    void expect(std::size_t got) noexcept {
        const std::size_t half = expected / 2;
        expected = half > got * 2 ? half : got * 2;
        expected = expected < fewest_expected ? fewest_expected : expected;
    }
    // Memory for the longest datagram, which is kept for the next one.
    std::unique_ptr<char[]> take_memory();

    static constexpr std::size_t memory_size = 65536;
    static constexpr std::size_t fewest_expected =
        2;  // with one alone, it is not seen that it was all

    event_loop& loop;
    io::backend& io;
    io::channel* channel = nullptr;  // none, or closed
    datagram_side receiving{*this, io::opcode::wait_readable};
    datagram_side sending{*this, io::opcode::wait_writable};
    unsigned waits_without_looking = 0;
    unsigned patience = 0;
    std::size_t expected = fewest_expected;  // of a batch
    int failure = 0;                         // -errno, for the next receive
    std::unique_ptr<char[]> memory;
    socket_file file;
};

}  // namespace nurt::detail
