// SPDX-License-Identifier: MIT
// nurt/io/make_backend.hpp: which way to wait a loop gets.
#pragma once

#include <cstdint>
#include <memory>

#include "nurt/io/backend.hpp"

namespace nurt::io {

enum class backend_kind : std::uint8_t {
    automatic,  // what the environment variable NURT_BACKEND says, else io_uring from Linux 6.1 on
    epoll,
    uring,  // io_uring; epoll where the kernel or a container refuses it: see uring_refusal()
};

// Never null. NURT_BACKEND is "epoll", "uring" or "auto", anything else means auto; a program that
// runs with more rights than its caller does not look at it. In debug mode it says on standard
// error when epoll takes the place of io_uring, and why. os_error without free descriptors.
std::unique_ptr<backend> make_backend(backend_kind kind = backend_kind::automatic,
                                      bool debug = false);

}  // namespace nurt::io
