// SPDX-License-Identifier: MIT
// nurt/io/backend.cpp: what a backend without datagrams answers.
#include "nurt/io/backend.hpp"

#include "nurt/base/error.hpp"

#include <cerrno>

namespace nurt::io {

channel& backend::open_datagrams(const endpoint&, const datagram_options&,
                                 std::string_view attempt) {
    throw os_error(EOPNOTSUPP, attempt);
}

int backend::receive_datagrams(channel&, datagram*, std::size_t) noexcept {
    return -EOPNOTSUPP;
}

int backend::send_datagrams(channel&, const datagram*, std::size_t) noexcept {
    return -EOPNOTSUPP;
}

int backend::set_membership(channel&, bool, const endpoint&, unsigned) noexcept {
    return -EOPNOTSUPP;
}

}  // namespace nurt::io
