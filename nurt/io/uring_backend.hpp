// SPDX-License-Identifier: MIT
// nurt/io/uring_backend.hpp: the proactive backend, made of Linux's io_uring.
//
// Where epoll tells that a read would not wait, the ring has done it: the bytes are there when the
// loop wakes up, and one system call a turn submits everything and collects everything. It needs
// Linux 5.17; newer kernels make it faster. Many containers forbid it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "nurt/io/backend.hpp"

namespace nurt::io {

// How completions reach the loop, best first. What the kernel does not know is skipped.
enum class uring_mode : std::uint8_t {
    deferred,     // Linux 6.1: the kernel works for us only while the loop asks it to
    cooperative,  // Linux 5.19: without interrupting the loop
    interrupting,
};

// For tests and measurements; a program has no reason to change them.
struct uring_options {
    uring_mode mode = uring_mode::deferred;  // where the search begins
    bool lower_modes = true;                 // and whether it goes on
    bool multishot = true;                   // one request receives, or accepts, again and again
    unsigned submissions = 256;              // requests that one system call takes
    unsigned completions = 2048;             // results that are held; more wait in the kernel
    unsigned buffers = 128;                  // shared by all connections, a power of two
    unsigned buffer_size = 4096;             // a message that fills one is read without the ring
};

// Null when the kernel, a container or a limit says no: then epoll is the backend to use. Throws
// os_error when there is no free descriptor.
std::unique_ptr<backend> make_uring_backend(const uring_options& options = {});

// Why make_uring_backend gives nothing: "io_uring_setup: Operation not permitted". Empty when it
// gives a backend.
std::string uring_refusal();

}  // namespace nurt::io
