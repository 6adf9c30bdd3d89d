// SPDX-License-Identifier: MIT
// nurt/net/detail/hosts_file.cpp: see the header.
#include "nurt/net/detail/hosts_file.hpp"

#include <fstream>
#include <sstream>

namespace nurt::detail {

std::vector<std::string> names_in_hosts_file(const std::string& path, const ip_address& address) {
    std::vector<std::string> names;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string word;
        if (words >> word && ip_address::parse(word) == address) {
            while (words >> word) {
                names.push_back(word);
            }
        }
    }
    return names;
}

}  // namespace nurt::detail
