// SPDX-License-Identifier: MIT
// nurt/stream/byte_stream.hpp: what a stream of bytes has to offer.
//
// The border between those who use connections and those who make them: TCP, TLS, pipes, memory. It
// speaks in io::operation, as the backend does, so that a read through it costs a virtual call and
// neither a coroutine nor an allocation. Programs use nurt::stream, which is built on it.
#pragma once

#include <exception>
#include <string>

#include "nurt/io/backend.hpp"
#include "nurt/io/endpoint.hpp"
#include "nurt/io/operation.hpp"

namespace nurt {

// Operations are receive and send; their target belongs to the implementation, which may set it.
// At most one of each is under way at a time. The rules of io::operation hold: in_flight is kept, and
// complete() is called once, on the loop's thread, and only queues.
class byte_stream {
public:
    virtual ~byte_stream() = default;  // closes as close(flush) does, if that was not done

    // True: done at once, result is set. False: it has to be submitted.
    virtual bool try_now(io::operation& op) noexcept = 0;
    virtual void submit(io::operation& op) noexcept = 0;
    // True: unhooked, complete() will not be called. False: complete() is still to come.
    virtual bool cancel(io::operation& op) noexcept = 0;

    // Tells the peer that nothing more will be sent. 0, or -errno.
    virtual int shutdown_write() noexcept = 0;

    // Operations under way end with -ECANCELED. Never blocks. A second call does nothing.
    virtual void close(io::closing how) noexcept = 0;

    virtual io::endpoint local_address() const noexcept { return {}; }
    virtual io::endpoint peer_address() const noexcept { return {}; }
    // Whom it leads to, for error messages: "192.0.2.1:80".
    virtual std::string peer_name() const = 0;

    // What it means that an operation, or shutdown_write(), gave -error. attempt: "read from".
    // os_error, unless the stream knows more.
    virtual std::exception_ptr failure(int error, const char* attempt) const;
};

}  // namespace nurt
