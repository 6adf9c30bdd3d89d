// SPDX-License-Identifier: MIT
// nurt/net/detail/ares_driver.hpp: c-ares on a loop.
//
// c-ares tells which of its sockets it wants to read or write, and until when it can wait; the loop
// does the waiting. Nothing of c-ares runs inside the backend's wait: what becomes ready is put into
// the ready queue, and c-ares is called from there.
#pragma once

#include "nurt/io/backend.hpp"
#include "nurt/loop/event_loop.hpp"

#include <map>
#include <string>

#include <ares.h>

namespace nurt::detail {

class ares_driver;

// One direction of a socket of c-ares.
class readiness final : public io::operation {
public:
    explicit readiness(ares_driver& owner) noexcept : owner_(owner) {}
    void complete() noexcept override;

    bool wanted = false;
    bool happened = false;

private:
    ares_driver& owner_;
};

struct watched_socket {
    watched_socket(ares_driver& owner, io::channel& c) noexcept
        : readable(owner), writable(owner), channel(c) {
        readable.target = writable.target = &c;
        readable.code = io::opcode::wait_readable;
        writable.code = io::opcode::wait_writable;
    }

    readiness readable;
    readiness writable;
    io::channel& channel;
};

// Private bases are for the loop.
class ares_driver final : private ready_node, private timer_node {
public:
    // servers: as in resolver_options.
    ares_driver(event_loop& loop, const std::string& servers);
    // Whatever was asked is answered with ARES_EDESTRUCTION.
    ~ares_driver();

    ares_channel channel() const noexcept { return channel_; }
    // To be called after something was asked.
    void schedule() noexcept;

private:
    static void socket_state(void* self, ares_socket_t descriptor, int readable, int writable);
    void watch(ares_socket_t descriptor, bool readable, bool writable);
    void forget(ares_socket_t descriptor) noexcept;
    void submit_wanted() noexcept;
    void arm_timer() noexcept;
    void disarm_timer() noexcept;

    void run() noexcept override;
    void expire() noexcept override { schedule(); }

    event_loop& loop_;
    ares_channel channel_ = nullptr;
    std::map<ares_socket_t, watched_socket> sockets_;
    bool scheduled_ = false;
    bool closing_ = false;
};

}  // namespace nurt::detail
