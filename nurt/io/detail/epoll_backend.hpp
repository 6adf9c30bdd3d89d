// SPDX-License-Identifier: MIT
// nurt/io/detail/epoll_backend.hpp: the class behind make_epoll_backend().
//
// What keeps the number of system calls down, in the order of its worth:
//  - A descriptor stays registered for reading; registrations change only when an event finds
//    nobody waiting, since level-triggered events would repeat for ever.
//  - After a read that did not fill its buffer the descriptor is known to be empty, and the next read
//    waits without trying. Not so once the peer has hung up: the end of the stream is no event of
//    its own.
//  - A write always tries first; writability is asked for only after the kernel took less.
#pragma once

#include "nurt/base/intrusive_list.hpp"
#include "nurt/io/backend.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

struct epoll_event;

namespace nurt::io::detail {

// What is watched for each direction, in the kernel's numbers: EPOLLIN | EPOLLRDHUP, EPOLLOUT.
inline constexpr std::uint32_t reading = 0x2001;
inline constexpr std::uint32_t writing = 0x0004;

instant monotonic_now() noexcept;

// Invariants:
//  1. A slot of the table is used again only with another generation, so an event that was meant
//     for the slot's former owner is recognised.
//  2. mask is what the kernel watches; registered is whether it knows the descriptor at all.
struct epoll_channel final : channel {
    epoll_channel(std::uint32_t own_index) noexcept : channel(-1), index(own_index) {}

    void open(int descriptor) noexcept {
        ++generation;
        descriptor_ = descriptor;
        reader = writer = nullptr;
        mask = 0;
        registered = known_empty = hung_up = connecting = write_fell_short = paused = false;
        is_socket = true;
    }
    void clear() noexcept {
        ++generation;
        descriptor_ = -1;
        paused = registered = false;
    }
    bool is_open() const noexcept { return descriptor_ >= 0; }
    std::uint64_t tag() const noexcept { return std::uint64_t{generation} << 32 | index; }

    // The events that somebody waits for.
    std::uint32_t wanted() const noexcept {
        return (reader != nullptr && !paused ? reading : 0) | (writer != nullptr ? writing : 0);
    }

    const std::uint32_t index;
    std::uint32_t generation = 0;
    operation* reader = nullptr;  // receive, accept or wait_readable
    operation* writer = nullptr;  // send, connect or wait_writable
    std::uint32_t mask = 0;
    bool registered = false;
    bool known_empty = false;       // the last read took everything that was there
    bool hung_up = false;           // the peer has ended its side, or there is an error
    bool connecting = false;        // connect was called and goes on
    bool write_fell_short = false;  // the kernel's buffer was full at the last write
    bool paused = false;            // a listener that found no free descriptor
    bool is_socket = true;
};

class epoll_backend final : public backend {
public:
    epoll_backend();
    ~epoll_backend() override;

    const char* name() const noexcept override { return "epoll"; }
    channel& adopt(int descriptor) override;
    channel& open_socket(const endpoint& towards, std::string_view attempt) override;
    channel& listen(const endpoint& at, const listen_options& options,
                    std::string_view attempt) override;
    endpoint local_address(const channel& c) const noexcept override;
    endpoint peer_address(const channel& c) const noexcept override;
    int shutdown_write(channel& c) noexcept override;
    int set_option(channel& c, socket_option option, int value) noexcept override;

    bool try_now(operation& op) noexcept override;
    void submit(operation& op) noexcept override;
    bool cancel(operation& op) noexcept override;
    void close(channel& c, closing how) noexcept override;
    int release(channel& c) noexcept override;
    void wait(instant deadline) override;
    void wake() noexcept override;
    void after_fork() noexcept override;
    std::size_t in_flight() const noexcept override { return in_flight_; }

private:
    bool perform(epoll_channel& c, operation& op) noexcept;
    bool perform_receive(epoll_channel& c, operation& op) noexcept;
    bool perform_send(epoll_channel& c, operation& op) noexcept;
    bool perform_accept(epoll_channel& c, operation& op) noexcept;
    bool perform_connect(epoll_channel& c, operation& op) noexcept;

    void finish(operation& op) noexcept;
    void finish_later(operation& op, std::int64_t result) noexcept;
    void end_operations(epoll_channel& c) noexcept;
    void deliver_finished() noexcept;

    int watch(epoll_channel& c, std::uint32_t mask) noexcept;
    void unwatch(epoll_channel& c) noexcept;
    void rebuild() noexcept;
    void resume_listeners() noexcept;

    int sleep(instant deadline, epoll_event* events) noexcept;
    int ask(duration timeout, epoll_event* events) noexcept;
    void dispatch(const epoll_event& event) noexcept;

    int epoll_ = -1;
    int eventfd_ = -1;
    std::deque<epoll_channel> slots_;
    std::vector<std::uint32_t> free_;
    intrusive_list<operation> finished_;  // with a result; complete() comes with the next wait
    std::size_t in_flight_ = 0;
    std::size_t paused_ = 0;  // listeners
    instant resume_at_;
    bool forked_ = false;  // this is the child's copy
    bool stale_ = false;   // an event came for a descriptor that was closed here
    bool precise_ = true;  // the kernel has epoll_pwait2
    std::atomic<bool> woken_ = false;
    std::atomic<bool> sleeping_ = false;
};

}  // namespace nurt::io::detail
