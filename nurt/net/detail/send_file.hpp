// SPDX-License-Identifier: MIT
// nurt/net/detail/send_file.hpp: the system call behind sendfile and sock_sendfile.
#pragma once

#include <cstdint>

namespace nurt::detail {

// Bytes, 0 at the end of the file, or -errno. Raises no SIGPIPE. At most some 50 us of copying.
std::int64_t send_file_piece(int socket, int file, std::uint64_t offset,
                             std::uint64_t count) noexcept;

// Such a result says that this pair of descriptors has to be copied by the program.
bool must_be_copied(std::int64_t result) noexcept;

}  // namespace nurt::detail
