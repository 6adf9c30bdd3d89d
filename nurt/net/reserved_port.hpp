// SPDX-License-Identifier: MIT
// nurt/net/reserved_port.hpp: a free port for several servers.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace nurt {

// Takes a free port of an address of this machine and keeps it from others while it lives; servers
// with {.reuse_port = true} of the same user may listen to it meanwhile, as many as there are loops:
//
//     const nurt::reserved_port port("127.0.0.1");
//     nurt::run([&](nurt::loop_group) { return serve(port.number()); }, {.loops = 0});
//
// Where the port is known there is nothing to reserve. It takes no connections itself. Moved, not
// copied; needs no loop. os_error when there is no such address, usage_error for what is none.
class reserved_port {
public:
    explicit reserved_port(std::string_view address);  // "127.0.0.1", "::1"; "" is all of IPv4
    reserved_port(reserved_port&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), number_(other.number_) {}
    reserved_port& operator=(reserved_port&&) = delete;
    ~reserved_port();

    std::uint16_t number() const noexcept { return number_; }

private:
    int descriptor_ = -1;
    std::uint16_t number_ = 0;
};

}  // namespace nurt
