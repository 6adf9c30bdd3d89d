// SPDX-License-Identifier: MIT
// nurt/io/operation.hpp: one request to the border with the kernel.
//
// Sockets, pipes, files and children are the same thing to a backend: an operation is given to it,
// and completes exactly once, with a result. It lives in the awaiter that waits for it, so waiting
// allocates nothing; it must not move or die between submit and its completion.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nurt/base/intrusive_list.hpp"

namespace nurt::io {

class channel;
struct endpoint;

enum class opcode : std::uint8_t {
    receive,        // data, size: result is the number of bytes, 0 at the end of the stream
    send,           // data, size: result is the number of bytes taken, at least 1
    accept,         // address: who connected, may be null; result is a descriptor
    connect,        // address: where to; result is 0
    wait_readable,  // result is 0 when a read would not block
    wait_writable,
};

// Invariants:
//  1. complete() is called once after submit, unless cancel() answered that it never will be.
//  2. complete() is called from backend::wait or backend::close, on the loop's thread, and only
//     puts things in the ready queue; it never resumes anybody and never throws.
//  3. From submit to completion, memory at data belongs to the operation.
class operation : public list_link {
public:
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    virtual void complete() noexcept = 0;

    channel* target = nullptr;
    void* data = nullptr;
    std::size_t size = 0;
    endpoint* address = nullptr;
    std::int64_t result = 0;  // what the call gave, or -errno
    opcode code = opcode::receive;
    bool in_flight = false;  // from submit until complete(), or a cancel that took it

    // Of a send whose sender waits for an answer next, and for nothing before that: try_now may
    // return false and set `joined`. Submitted, the send then goes with the call that waits for the
    // answer, and complete() comes before that of the answer, but maybe not without it; result may
    // be 0 if nothing was taken. To cancel it sends it at once, and completes it soon.
    bool expects_answer = false;
    bool joined = false;

protected:
    operation() = default;
    ~operation() = default;
};

}  // namespace nurt::io
