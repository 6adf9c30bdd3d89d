// SPDX-License-Identifier: MIT
// tests/support/memory_file.hpp: a file that is on no disk and has no name.
#pragma once

#include <doctest/doctest.h>

#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace nurt_test {

class memory_file {
public:
    explicit memory_file(std::string_view text) : descriptor_(::memfd_create("test", MFD_CLOEXEC)) {
        REQUIRE(::pwrite(descriptor_, text.data(), text.size(), 0) ==
                static_cast<ssize_t>(text.size()));
    }
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;
    ~memory_file() { ::close(descriptor_); }

    int descriptor() const noexcept { return descriptor_; }
    long position() const noexcept { return ::lseek(descriptor_, 0, SEEK_CUR); }

private:
    int descriptor_;
};

}  // namespace nurt_test
