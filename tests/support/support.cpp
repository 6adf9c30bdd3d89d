// SPDX-License-Identifier: MIT
// tests/support/support.cpp: see support.hpp. State that main.cpp reads is in state.hpp.
#include "tests/support/support.hpp"

#include <cstdlib>
#include <random>

#include <dirent.h>

#include "tests/support/state.hpp"

namespace nurt_test {

state& the_state() {
    static state instance;
    return instance;
}

void keeps_descriptors(std::string_view reason) {
    the_state().excuse = reason;
}

std::uint64_t seed() {
    static const std::uint64_t value = [] {
        if (const char* text = std::getenv("NURT_TEST_SEED"))
            return std::strtoull(text, nullptr, 0);
        std::random_device device;
        return (static_cast<unsigned long long>(device()) << 32) | device();
    }();
    the_state().seed_used = true;
    return value;
}

int open_descriptors() {
    DIR* directory = opendir("/proc/self/fd");
    if (directory == nullptr) return -1;
    int count = 0;
    while (const dirent* entry = readdir(directory)) {
        if (entry->d_name[0] != '.') ++count;
    }
    closedir(directory);
    return count - 1;  // the directory's own
}

std::string source_dir() {
    return NURT_TEST_SOURCE_DIR;
}
std::string build_dir() {
    return NURT_TEST_BUILD_DIR;
}

}  // namespace nurt_test
