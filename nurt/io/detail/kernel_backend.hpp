// SPDX-License-Identifier: MIT
// nurt/io/detail/kernel_backend.hpp: what the backends for the real kernel have in common.
//
// Everything but how they wait: sockets, the attempt of an operation by a plain system call,
// results that are delivered later, listeners that rest, and being woken.
#pragma once

#include "nurt/base/intrusive_list.hpp"
#include "nurt/io/backend.hpp"
#include "nurt/io/descriptor.hpp"
#include "nurt/io/detail/datagram_calls.hpp"
#include "nurt/io/detail/doorbell.hpp"
#include "nurt/io/detail/kernel_calls.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sys/socket.h>

namespace nurt::io::detail {

instant monotonic_now() noexcept;

// Linked: it rests, as a listener that found no free descriptor, or because input is held.
struct kernel_channel : channel, list_link {
    kernel_channel() noexcept : channel(-1) {}

    void open(int descriptor) noexcept {
        descriptor_ = descriptor;
        known_empty = hung_up = connecting = write_fell_short = false;
        is_socket = true;
    }
    void clear() noexcept { descriptor_ = -1; }
    bool is_open() const noexcept { return descriptor_ >= 0; }
    bool rests() const noexcept { return linked(); }
    void stop_resting() noexcept {
        if (linked()) {
            unlink();
        }
    }

    std::uint32_t index = 0;        // in the pool
    bool known_empty = false;       // the last read took everything that was there
    bool hung_up = false;           // the peer has ended its side, or there is an error
    bool connecting = false;        // connect was called and goes on
    bool write_fell_short = false;  // the kernel's buffer was full at the last write
    bool is_socket = true;          // one that carries a stream, as far as is known
    operation* reader = nullptr;    // receive, accept or wait_readable
    operation* writer = nullptr;    // send, connect or wait_writable
};

// The place where an operation of this kind waits.
inline operation*& waiting_place(kernel_channel& c, opcode code) noexcept {
    switch (code) {
        case opcode::send:
        case opcode::connect:
        case opcode::wait_writable: return c.writer;
        default: return c.reader;
    }
}

class kernel_backend : public backend {
public:
    channel& open_socket(const endpoint& towards, std::string_view attempt) final;
    int bind(channel& c, const endpoint& from) noexcept final;
    channel& listen(const endpoint& at, const listen_options& options,
                    std::string_view attempt) final;
    channel& open_datagrams(const endpoint& at, const datagram_options& options,
                            std::string_view attempt) final;
    int receive_datagrams(channel& c, datagram* first, std::size_t count) noexcept final {
        return detail::receive_datagrams(c.descriptor(), first, count);
    }
    int send_datagrams(channel& c, const datagram* first, std::size_t count) noexcept final {
        return detail::send_datagrams(c.descriptor(), first, count);
    }
    int set_membership(channel& c, bool member, const endpoint& group,
                       unsigned interface) noexcept final {
        return detail::set_membership(c.descriptor(), member, group, interface);
    }
    endpoint local_address(const channel& c) const noexcept final;
    endpoint peer_address(const channel& c) const noexcept final;
    int shutdown_write(channel& c) noexcept override;
    int set_option(channel& c, socket_option option, int value) noexcept final;
    instant sleep_begins() noexcept final {
        if (!bell_.lie_down()) {
            return instant{};
        }
        return anybody_rests() ? rest_until() : instant::never();
    }
    void sleep_ends() noexcept final { bell_.get_up(); }
    void wake() noexcept final { bell_.ring(); }
    std::size_t in_flight() const noexcept final { return in_flight_; }
    bool has(int descriptor) const noexcept final {
        const auto number = static_cast<std::size_t>(descriptor);
        return number < holders_.size() && holders_[number] != nullptr;
    }

protected:
    // Before a channel is opened with this descriptor; may throw.
    void make_room_for(int descriptor) {
        if (static_cast<std::size_t>(descriptor) >= holders_.size()) {
            holders_.resize(static_cast<std::size_t>(descriptor) * 2 + 16);
        }
    }
    void hold(const kernel_channel& c) noexcept {
        holders_[static_cast<std::size_t>(c.descriptor())] = &c;
    }
    // Before it is cleared. When its descriptor was closed behind our back, the number may be another
    // channel's by now.
    void let_go(const kernel_channel& c) noexcept {
        const kernel_channel*& holder = holders_[static_cast<std::size_t>(c.descriptor())];
        holder = holder == &c ? nullptr : holder;
    }

    channel& adopt_new(io::descriptor owner);
    channel& adopt_bound(io::descriptor owner, const endpoint& at);
    // One attempt of the system call behind an operation. False: it would have had to wait, or a
    // listener rests.
    bool perform(kernel_channel& c, operation& op) noexcept;
    // The calls that are made all the time stand here, for the case that they succeed.
    static bool perform_receive(kernel_channel& c, operation& op) noexcept {
        if (c.is_socket) [[likely]] {
            const auto got = ::recv(c.descriptor(), op.data, op.size, MSG_DONTWAIT);
            if (got > 0) [[likely]] {
                op.result = got;
                c.known_empty = static_cast<std::size_t>(got) < op.size;
                return true;
            }
            op.result = got < 0 ? -errno : 0;
        }
        return receive_otherwise(c, op);
    }
    static bool perform_send(kernel_channel& c, operation& op) noexcept {
        if (c.is_socket) [[likely]] {
            const auto taken =
                ::send(c.descriptor(), op.data, op.size, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (taken > 0) [[likely]] {
                op.result = taken;
                c.write_fell_short = static_cast<std::size_t>(taken) < op.size;
                return true;
            }
            op.result = taken < 0 ? -errno : 0;
        }
        return send_otherwise(c, op);
    }
    bool perform_accept(kernel_channel& c, operation& op) noexcept;
    static bool perform_connect(kernel_channel& c, operation& op) noexcept;

    void begin(operation& op) noexcept {
        ++in_flight_;
        op.in_flight = true;
    }
    void finish(operation& op) noexcept {
        op.in_flight = false;
        --in_flight_;
        op.complete();
    }
    // Its completion comes with the next wait.
    void finish_later(operation& op, std::int64_t result) noexcept;
    void deliver_finished() noexcept;
    // Whoever waits on it gets -ECANCELED.
    void end_operations(kernel_channel& c) noexcept;
    // What has to be said to the kernel before the descriptor is closed.
    static void part(kernel_channel& c, closing how) noexcept;

    // True when accept failed because there is no descriptor or memory: the connection stays in the
    // kernel's queue, so its event would repeat at once and for ever. The listener rests until a
    // descriptor is free, or for a while.
    static bool lacks_resources(std::int64_t result) noexcept;
    void rest(kernel_channel& c) noexcept;
    // It has given something: while input is held, it rests after that.
    bool has_to_rest(kernel_channel& c) noexcept {
        if (held_) [[unlikely]] {
            rest(c);
        }
        return held_;
    }
    bool anybody_rests() noexcept { return !resting_.empty(); }
    // A channel that has rested enough, or null.
    kernel_channel* next_rested() noexcept { return resting_.pop_front(); }
    instant rest_until() const noexcept { return rest_until_; }

    std::size_t in_flight_ = 0;
    intrusive_list<operation> finished_;  // with a result; complete() comes with the next wait
    doorbell bell_;
    bool held_ = false;    // input is
    bool forked_ = false;  // this is the child's copy: it only closes descriptors

private:
    static bool receive_otherwise(kernel_channel& c, operation& op) noexcept;
    static bool send_otherwise(kernel_channel& c, operation& op) noexcept;

    std::vector<const kernel_channel*> holders_;  // by descriptor: who has taken it over last
    intrusive_list<kernel_channel> resting_;
    instant rest_until_;  // of those that rest
};

}  // namespace nurt::io::detail
