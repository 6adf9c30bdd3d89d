// SPDX-License-Identifier: MIT
// nurt/net/detail/tcp_stream.cpp: see the header.
#include "nurt/net/detail/tcp_stream.hpp"

#include "nurt/net/unix_address.hpp"

namespace nurt::detail {

std::string tcp_stream::name_of_unix(const io::endpoint& peer, const io::endpoint& own) {
    const auto there = unix_address::from(peer);
    if (there && !there->is_unnamed()) {
        return there->to_string();
    }
    const auto here = unix_address::from(own);
    return here && !here->is_unnamed() ? "a client of " + here->to_string()
                                       : std::string("a local socket");
}

}  // namespace nurt::detail
