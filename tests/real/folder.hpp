// SPDX-License-Identifier: MIT
// tests/real/folder.hpp: a folder for one test, removed with what is in it.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include <stdlib.h>

namespace nurt_test {

class folder {
public:
    folder() {
        std::string name = std::filesystem::temp_directory_path() / "nurt-test-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("mkdtemp " + name);
        }
        root_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    std::string path(const std::string& name) const { return root_ + '/' + name; }
    bool has(const std::string& name) const {
        std::error_code ignored;
        return std::filesystem::symlink_status(path(name), ignored).type() !=
               std::filesystem::file_type::not_found;
    }

private:
    std::string root_;
};

}  // namespace nurt_test
