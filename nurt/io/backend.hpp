// SPDX-License-Identifier: MIT
// nurt/io/backend.hpp: the border between a loop and the kernel.
//
// One interface, shaped like completions, in front of every way to wait for many descriptors:
// epoll, io_uring, and a simulated network without a machine. The contract below is a table of
// tests that runs on each of them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nurt/base/time.hpp"
#include "nurt/io/operation.hpp"

namespace nurt::io {

// A socket address, opaque at this level: the bytes of a sockaddr. Long enough for IPv4, IPv6 and
// Unix domain sockets.
struct endpoint {
    alignas(8) unsigned char bytes[128] = {};
    std::uint32_t size = 0;
};

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

    // Does the operation at once if that needs no waiting. True: result is set, and complete() will
    // not be called. False: nothing happened.
    virtual bool try_now(operation& op) noexcept = 0;

    // Starts the operation; complete() is called later, never from here.
    virtual void submit(operation& op) noexcept = 0;

    // Asks a submitted operation to stop. True: it is unhooked and complete() will not be called.
    // False: complete() is still to come, with -ECANCELED or with its result, whichever was first.
    virtual bool cancel(operation& op) noexcept = 0;

    // Gives the descriptor back: operations that wait on it complete with -ECANCELED, and only then
    // is it closed. Never blocks. The channel may not be used afterwards.
    virtual void close(channel& c, closing how) noexcept = 0;

    // Takes the descriptor out without closing it and returns it; operations end as in close().
    virtual int release(channel& c) noexcept = 0;

    // Submits what is queued, then waits until something completed, wake() was called or the
    // deadline has passed, and calls complete() of what has. A deadline that is not in the future
    // only looks. A simulated backend moves its clock, and throws when nothing can ever happen.
    virtual void wait(instant deadline) = 0;

    // Ends a wait, now or the next one. From any thread and from signal handlers.
    virtual void wake() noexcept = 0;

    // How many operations a wait could complete.
    virtual std::size_t in_flight() const noexcept = 0;
};

}  // namespace nurt::io
