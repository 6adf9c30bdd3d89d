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

#include "nurt/io/backend.hpp"
#include "nurt/io/detail/channel_pool.hpp"
#include "nurt/io/detail/kernel_backend.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

struct epoll_event;

namespace nurt::io::detail {

// What is watched for each direction, in the kernel's numbers: EPOLLIN | EPOLLRDHUP, EPOLLOUT.
inline constexpr std::uint32_t reading = 0x2001;
inline constexpr std::uint32_t writing = 0x0004;

// Invariants:
//  1. generation is another one after each open and each close, so an event that was meant for a
//     former owner of the channel is recognised.
//  2. mask is what the kernel watches; registered is whether it knows the descriptor at all. Somebody
//     else's descriptor may have been closed since, and its number be another channel's: the one that
//     registered it last is its member.
struct epoll_channel final : kernel_channel {
    void open(int descriptor) noexcept {
        kernel_channel::open(descriptor);
        ++generation;
        mask = 0;
        registered = false;
    }
    void clear() noexcept {
        kernel_channel::clear();
        ++generation;
        registered = false;
    }
    std::uint64_t tag() const noexcept { return std::uint64_t{generation} << 32 | index; }

    // The events that somebody waits for.
    std::uint32_t wanted() const noexcept {
        return (reader != nullptr && !rests() ? reading : 0) | (writer != nullptr ? writing : 0);
    }

    std::uint32_t generation = 0;
    std::uint32_t mask = 0;
    bool registered = false;
};

class epoll_backend final : public kernel_backend {
public:
    epoll_backend();
    ~epoll_backend() override;

    const char* name() const noexcept override { return "epoll"; }
    channel& adopt(int descriptor) override;
    bool try_now(operation& op) noexcept override;
    void submit(operation& op) noexcept override;
    bool cancel(operation& op) noexcept override;
    void close(channel& c, closing how) noexcept override;
    int release(channel& c, std::string* unread) override;
    void wait(instant deadline) override;
    int descriptor() const noexcept override { return epoll_; }
    void after_fork() noexcept override;
    std::size_t channels() const noexcept override { return channels_.used(); }
    void hold_input(bool on) noexcept override;

private:
    bool try_other(epoll_channel& c, operation& op) noexcept;
    void submit_watched(epoll_channel& c, operation& op) noexcept;
    int take_out(epoll_channel& c) noexcept;

    bool is_member(const epoll_channel& c) const noexcept {
        return members_[static_cast<std::size_t>(c.descriptor())] == c.index;
    }
    int watch(epoll_channel& c, std::uint32_t mask) noexcept;
    int unwatch(epoll_channel& c) noexcept;
    int watch_bell() noexcept;
    void fail_later(operation*& waiting, int error) noexcept;
    void rebuild() noexcept;
    void end_rest() noexcept;
    void read_enough(epoll_channel& c) noexcept;

    int sleep(instant deadline, epoll_event* events);
    int ask(duration timeout, epoll_event* events) noexcept;
    void dispatch(const epoll_event& event) noexcept;
    void dispatch(epoll_channel& c, std::uint32_t happened) noexcept;
    bool serve(epoll_channel& c, operation*& waiting) noexcept;

    int epoll_ = -1;
    channel_pool<epoll_channel> channels_;
    std::vector<std::uint32_t> members_;  // by descriptor: the index of the channel
    bool stale_ = false;                  // the set reports what can no longer be taken out of it
    bool precise_ = true;                 // the kernel has epoll_pwait2
};

}  // namespace nurt::io::detail
