// SPDX-License-Identifier: MIT
// nurt/io/make_backend.cpp: see the header.
#include "nurt/io/make_backend.hpp"

#include "nurt/io/environment.hpp"
#include "nurt/io/epoll_backend.hpp"
#include "nurt/io/uring_backend.hpp"

#include <cstdio>
#include <string_view>

namespace nurt::io {

namespace {

backend_kind chosen_by_environment() noexcept {
    const char* value = environment("NURT_BACKEND");
    const std::string_view name = value != nullptr ? value : "";
    if (name == "epoll") {
        return backend_kind::epoll;
    }
    return name == "uring" ? backend_kind::uring : backend_kind::automatic;
}

}  // namespace

std::unique_ptr<backend> make_backend(backend_kind kind, bool debug) {
    if (kind == backend_kind::automatic) {
        kind = chosen_by_environment();
    }
    if (kind != backend_kind::epoll) {
        // The modes of older kernels are there for those who ask for io_uring: this one was
        // measured, and nowhere slower than epoll.
        const bool any_mode = kind == backend_kind::uring;
        if (auto ring = make_uring_backend({.lower_modes = any_mode})) {
            return ring;
        }
        if (debug || environment_says("NURT_DEBUG")) {
            std::fprintf(stderr, "nurt: epoll takes the place of io_uring: %s\n",
                         uring_refusal().c_str());
        }
    }
    return make_epoll_backend();
}

}  // namespace nurt::io
