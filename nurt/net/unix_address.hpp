// SPDX-License-Identifier: MIT
// nurt/net/unix_address.hpp: addresses of Unix domain sockets.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "nurt/io/endpoint.hpp"

namespace nurt {

// A path, an abstract name, or nothing: a socket that was never bound has no name. Abstract names are
// Linux's: they stand in no directory and go with their socket. They are written with a leading "@" or
// a leading NUL, which mean the same, so a file of that name is "./@name".
class unix_address {
public:
    static constexpr std::size_t longest = 107;  // bytes of a path, or of an abstract name

    unix_address() = default;  // without a name
    // os_error(ENAMETOOLONG) when it is longer than the kernel takes; EINVAL for a NUL in a path.
    explicit unix_address(std::string_view name);

    // Nothing for an endpoint of another family.
    static std::optional<unix_address> from(const io::endpoint& e);

    bool is_unnamed() const noexcept { return name_.empty(); }
    bool is_abstract() const noexcept { return name_.starts_with('\0'); }
    bool is_path() const noexcept { return !is_unnamed() && !is_abstract(); }

    // The path, "@name" or "". Relative paths stay as they are.
    std::string to_string() const;
    io::endpoint to_endpoint() const;

    auto operator<=>(const unix_address&) const = default;

private:
    std::string name_;  // as the kernel takes it
};

}  // namespace nurt
