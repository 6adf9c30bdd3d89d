// SPDX-License-Identifier: MIT
// nurt/net/detail/hosts_file.hpp: the names that the machine itself knows of an address.
#pragma once

#include <string>
#include <vector>

#include "nurt/net/address.hpp"

namespace nurt::detail {

// In the order of the file; none when there is no such file. See hosts(5).
std::vector<std::string> names_in_hosts_file(const std::string& path, const ip_address& address);

}  // namespace nurt::detail
