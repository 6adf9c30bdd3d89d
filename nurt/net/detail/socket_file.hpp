// SPDX-License-Identifier: MIT
// nurt/net/detail/socket_file.hpp: the file that a bound Unix socket leaves in its directory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nurt/net/unix_address.hpp"

namespace nurt::detail {

// Removes a socket that is there already, alive or not, as asyncio does: whoever starts last has the
// name. Other kinds of files stay, and make binding fail.
void remove_former_socket(const unix_address& at);

// Remembers which file it was, and removes it only while it is still that one. The child of a fork
// leaves it to its parent. Moved, not copied.
class socket_file {
public:
    socket_file() = default;  // none
    // Of a socket that is to be bound; nothing to remove yet.
    explicit socket_file(const unix_address& at);
    socket_file(socket_file&& other) noexcept;
    socket_file& operator=(socket_file&& other) noexcept;
    ~socket_file() { remove(); }

    // It has been bound. os_error if nobody can say which file that is; then the file is removed.
    void find(std::string_view attempt);
    // The file stays.
    void leave() noexcept { path_.clear(); }
    void remove() noexcept;

private:
    std::string path_;  // empty: nothing to remove
    std::uint64_t device_ = 0;
    std::uint64_t inode_ = 0;
    int process_ = 0;  // that has bound it
};

}  // namespace nurt::detail
