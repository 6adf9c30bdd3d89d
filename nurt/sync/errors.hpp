// SPDX-License-Identifier: MIT
// nurt/sync/errors.hpp: what barriers, queues, channels and limiters throw.
#pragma once

#include "nurt/base/error.hpp"

namespace nurt {

// The barrier was broken, or reset while it was waited for. Python: asyncio.BrokenBarrierError.
class broken_barrier_error : public error {
public:
    broken_barrier_error() : error("the barrier is broken") {}
};

// Python: asyncio.QueueEmpty.
class queue_empty : public error {
public:
    queue_empty() : error("the queue is empty") {}
};

// Python: asyncio.QueueFull.
class queue_full : public error {
public:
    queue_full() : error("the queue is full") {}
};

// Python: asyncio.QueueShutDown.
class queue_shut_down : public error {
public:
    queue_shut_down() : error("the queue is shut down") {}
};

// An operation that never waits would have had to.
class would_block : public error {
public:
    using error::error;
};

// The other side of a channel is gone.
class broken_resource_error : public error {
public:
    using error::error;
};

// This side of a channel was closed here.
class closed_resource_error : public error {
public:
    using error::error;
};

namespace detail {

[[noreturn]] void throw_broken_barrier();
[[noreturn]] void throw_queue_empty();
[[noreturn]] void throw_queue_full();
[[noreturn]] void throw_queue_shut_down();
[[noreturn]] void throw_task_done_too_often();
[[noreturn]] void throw_would_block(const char* message);
[[noreturn]] void throw_no_receiver();
[[noreturn]] void throw_channel_closed();

}  // namespace detail
}  // namespace nurt
