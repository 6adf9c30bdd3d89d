// SPDX-License-Identifier: MIT
// tests/soak/left_folders.hpp: temporary directories that have to be gone some time after their end.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "nurt/core/sleep.hpp"
#include "tests/soak/soak.hpp"

namespace nurt_soak {

// A directory that is dropped is removed in the background, which nobody can wait for and which tells
// no error. Without descriptors it is not removed; then it is done here.
class left_folders {
public:
    explicit left_folders(world& w) : world_(w) {}
    left_folders(const left_folders&) = delete;
    left_folders& operator=(const left_folders&) = delete;

    // From its end on the directory is to go.
    class guard {
    public:
        guard(left_folders& all, std::string path)
            : all_(all), path_(std::move(path)), poverties_(all.world_.poverties) {}
        guard(const guard&) = delete;
        guard& operator=(const guard&) = delete;
        ~guard() { all_.folders_.push_back({std::move(path_), poverties_, {}}); }

    private:
        left_folders& all_;
        std::string path_;
        std::uint64_t poverties_;
    };

    coro<> inspect() {
        while (!over_ || !folders_.empty()) {
            co_await nurt::sleep(nurt::milliseconds(100));
            std::erase_if(folders_, [this](folder& each) { return is_done_with(each); });
        }
    }
    void end() noexcept { over_ = true; }

private:
    struct folder {
        std::string path;
        std::uint64_t poverties;
        int inspections;
    };

    bool is_done_with(folder& f) {
        const bool poor = f.poverties % 2 == 1 || f.poverties != world_.poverties;
        if (!std::filesystem::exists(f.path)) {
            return true;
        }
        if (++f.inspections < 100) {
            return false;
        }
        if (!poor) {
            world_.wrong("a temporary directory was not removed: " + f.path);
        }
        if (world_.poverties % 2 == 0) {
            std::error_code ignored;
            std::filesystem::remove_all(f.path, ignored);
            world_.did("file: folder left for want of descriptors");
        }
        return false;
    }

    world& world_;
    std::vector<folder> folders_;
    bool over_ = false;
};

}  // namespace nurt_soak
