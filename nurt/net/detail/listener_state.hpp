// SPDX-License-Identifier: MIT
// nurt/net/detail/listener_state.hpp: what a listener and who accepts from it share.
#pragma once

#include "nurt/io/backend.hpp"
#include "nurt/net/detail/socket_file.hpp"
#include "nurt/net/tcp.hpp"

namespace nurt::detail {

struct listener_state {
    listener_state(io::backend& io_, const listen_options& how) : io(io_), options(how) {}

    io::backend& io;
    io::channel* channel = nullptr;  // none, or closed
    listen_options options;
    bool accepting = false;
    bool is_unix = false;
    socket_file file;
};

}  // namespace nurt::detail
