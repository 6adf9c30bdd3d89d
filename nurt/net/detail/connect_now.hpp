// SPDX-License-Identifier: MIT
// nurt/net/detail/connect_now.hpp: a connection that is made at once or not at all.
#pragma once

#include "nurt/io/endpoint.hpp"
#include "nurt/io/operation.hpp"

namespace nurt::detail {

// For backend::try_now, and nothing else: it is never submitted.
class connect_now final : public io::operation {
public:
    connect_now(io::channel& c, io::endpoint& to) noexcept {
        target = &c;
        code = io::opcode::connect;
        address = &to;
    }
    void complete() noexcept override {}
};

}  // namespace nurt::detail
