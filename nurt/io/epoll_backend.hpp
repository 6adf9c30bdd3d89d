// SPDX-License-Identifier: MIT
// nurt/io/epoll_backend.hpp: the border with the kernel by readiness, on epoll.
//
// A descriptor is registered once, at the first wait on it, level-triggered. A request and its
// answer then cost three system calls: epoll_wait, recv, send.
#pragma once

#include <memory>

#include "nurt/io/backend.hpp"

namespace nurt::io {

// Throws os_error when the kernel gives no descriptors for it.
std::unique_ptr<backend> make_epoll_backend();

}  // namespace nurt::io
