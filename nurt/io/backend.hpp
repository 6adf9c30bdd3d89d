// SPDX-License-Identifier: MIT
// nurt/io/backend.hpp: the border between a loop and the kernel.
//
// One interface, shaped like completions, in front of every way to wait for many descriptors:
// epoll, io_uring, and a simulated network without a machine. The contract below is a table of
// tests that runs on each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nurt/base/time.hpp"
#include "nurt/io/datagram.hpp"
#include "nurt/io/endpoint.hpp"
#include "nurt/io/file_request.hpp"
#include "nurt/io/operation.hpp"

namespace nurt::io {

// What is known of one open descriptor; owned by the backend from adopt() until the last operation
// on it after close() has completed. Handles point to it. Each backend derives its own.
class channel {
public:
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    int descriptor() const noexcept { return descriptor_; }

protected:
    explicit channel(int descriptor) noexcept : descriptor_(descriptor) {}
    ~channel() = default;

    int descriptor_;
};

// How a stream that is closed parts from its peer.
enum class closing : std::uint8_t {
    flush,  // what the kernel has taken is still sent
    abort,  // the peer gets a reset at once
};

// How a listening socket is made.
struct listen_options {
    int backlog = 511;        // connections the kernel completes and holds before accept
    bool reuse_port = false;  // several listeners share the port, one for each loop
    unsigned mode = 0;        // of a Unix socket's file, less the umask; 0: what is usual
    // A simulated backend has the files of its Unix sockets itself, and this one goes with its socket.
    bool remove_file = true;
};

enum class socket_option : std::uint8_t {
    no_delay,        // TCP_NODELAY: small writes are sent at once
    keep_alive,      // SO_KEEPALIVE
    receive_buffer,  // SO_RCVBUF, bytes
    send_buffer,     // SO_SNDBUF, bytes
    // Of datagrams; those for IP are set in the way of the socket's family.
    broadcast,            // SO_BROADCAST
    hops,                 // IP_TTL: routers a datagram passes at most
    multicast_hops,       // the same for multicast
    multicast_loop,       // this machine gets what it sends to its groups
    multicast_interface,  // where multicast leaves, by its number
};

// Used from the loop's thread only, but for wake().
//
// Cancelling gives the same result on every backend: an operation that has completed keeps its
// result. At most one operation that reads and one that writes wait on a channel at a time.
class backend {
public:
    virtual ~backend() = default;

    virtual const char* name() const noexcept = 0;

    // Takes over a non-blocking descriptor. Throws os_error when the kernel refuses it; the
    // descriptor then still belongs to the caller.
    virtual channel& adopt(int descriptor) = 0;

    // Sockets: they begin here, and not with a system call of the caller, so that a simulated network
    // can provide them. Errors are os_error(errno, attempt), so attempt says what was done to what.

    // A stream socket of the family of towards, for opcode::connect.
    virtual channel& open_socket(const endpoint& towards, std::string_view attempt) = 0;

    // Gives such a socket an address of its own before it connects; with port 0 a free port.
    // 0, or -errno.
    virtual int bind(channel& c, const endpoint& from) noexcept = 0;

    // A listening stream socket, for opcode::accept. Port 0 takes a free one: see local_address.
    virtual channel& listen(const endpoint& at, const listen_options& options,
                            std::string_view attempt) = 0;

    virtual endpoint local_address(const channel& c) const noexcept = 0;  // size 0: there is none
    virtual endpoint peer_address(const channel& c) const noexcept = 0;

    // Nothing more will be sent: the peer reads the end of the stream. 0, or -errno.
    virtual int shutdown_write(channel& c) noexcept = 0;

    // 0, or -errno.
    virtual int set_option(channel& c, socket_option option, int value) noexcept = 0;

    // Datagrams: they are received and sent by calls that never wait; who has to wait does so with
    // wait_readable and wait_writable. A backend need not have them.

    // For addresses of the family of at. Connecting it with opcode::connect waits for nothing.
    virtual channel& open_datagrams(const endpoint& at, const datagram_options& options,
                                    std::string_view attempt);
    // How many, at least one, or -errno; -EAGAIN: none at the moment. An error in the middle of a
    // batch ends it, and the next call tells it.
    virtual int receive_datagrams(channel& c, datagram* first, std::size_t count) noexcept;
    virtual int send_datagrams(channel& c, const datagram* first, std::size_t count) noexcept;
    // Joins or leaves a multicast group, on the interface of this number; 0: the system chooses. 0
    // or -errno.
    virtual int set_membership(channel& c, bool member, const endpoint& group,
                               unsigned interface) noexcept;

    // To be called before anything is received: nothing is, before somebody asks. For sockets whose
    // bytes come with something else, such as descriptors.
    virtual void receive_on_request(channel&) noexcept {}
    // The same for a pipe that nobody else reads from: what is there may be received before somebody
    // asks, and is lost with the channel.
    virtual void receive_ahead(channel&) noexcept {}

    // Does the operation at once if that needs no waiting. True: result is set, and complete() will
    // not be called. False: it has to be submitted (a connect may have been started already).
    virtual bool try_now(operation& op) noexcept = 0;

    // Starts the operation; complete() is called later, never from here.
    virtual void submit(operation& op) noexcept = 0;

    // Asks a submitted operation to stop. True: it is unhooked and complete() will not be called.
    // False: complete() is still to come, with -ECANCELED or with its result, whichever was first.
    virtual bool cancel(operation& op) noexcept = 0;

    // Gives the descriptor back: operations that wait on it complete with -ECANCELED, and only then
    // is it closed. Never blocks. The channel may not be used afterwards.
    virtual void close(channel& c, closing how) noexcept = 0;

    // Takes the descriptor out, not closed, and returns it; operations end as in close(). Bytes
    // that were received already and read by nobody are appended to unread, or lost without it.
    virtual int release(channel& c, std::string* unread = nullptr) = 0;

    // Requests about files, any number at once. False: not with this backend, or not on this kernel,
    // and whoever asks needs a thread that may block. True: complete() is called later, never from
    // here.
    virtual bool submit_file(file_request&) noexcept { return false; }

    // Asks a submitted one to stop. True: it has not begun, and complete() will not be called. False:
    // complete() is still to come, with -ECANCELED, -EINTR, or its result.
    virtual bool cancel_file(file_request&) noexcept { return false; }

    // Closes a file after what was submitted before, and tells nobody. False: did nothing.
    virtual bool close_file(int /*descriptor*/) noexcept { return false; }

    // Submits what is queued, then waits until something completed, wake() was called or the
    // deadline has passed, and calls complete() of what has. A deadline that is not in the future
    // only looks. A simulated backend moves its clock, and throws when nothing can ever happen.
    virtual void wait(instant deadline) = 0;

    // For a loop inside of another program's: somebody else waits until this descriptor is readable,
    // and calls wait() then. -1: there is none, as in a simulation.
    virtual int descriptor() const noexcept { return -1; }
    // From here to sleep_ends(), wake() makes the descriptor readable. Gives when wait() has to be
    // called at the latest: the past if there was a wake() already.
    virtual instant sleep_begins() noexcept { return instant::never(); }
    virtual void sleep_ends() noexcept {}

    // Ends a wait, now or the next one. From any thread and from signal handlers.
    virtual void wake() noexcept = 0;

    // In the child of a fork(), in the middle of whatever the parent's threads were doing: gives up
    // what is shared with the parent. From then on it closes descriptors, and does nothing else.
    virtual void after_fork() noexcept {}

    // How many operations a wait could complete.
    virtual std::size_t in_flight() const noexcept = 0;
    // How many descriptors it has taken over.
    virtual std::size_t channels() const noexcept { return 0; }
    // Whether this is one of them.
    virtual bool has(int /*descriptor*/) const noexcept { return false; }

    // While held, a channel that was read or accepted from rests until the next tenth of a second,
    // and what comes meanwhile stays in the kernel: at the limit of its memory, a loop lets what it
    // has begun go on.
    virtual void hold_input(bool) noexcept {}
};

}  // namespace nurt::io
