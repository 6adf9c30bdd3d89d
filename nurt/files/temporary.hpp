// SPDX-License-Identifier: MIT
// nurt/files/temporary.hpp: files and directories that go away by themselves.
//
// They are made in $TMPDIR, or in /tmp, unless another place is given, and are for this user only.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/files/file.hpp"

namespace nurt::files {

// A file without a name, to write and to read; it is gone with its last descriptor, however the program
// ends. Python: tempfile.TemporaryFile.
coro<file> temporary_file(std::string where = {});

// Owns a directory and all that will be in it. Moved, not copied. The destructor removes without blocking
// the loop and tells no error; remove(), or the end of with(temporary_directory(), body), does.
class owned_directory {
public:
    owned_directory() = default;  // none
    explicit owned_directory(std::string path) noexcept : path_(std::move(path)) {}
    owned_directory(owned_directory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    owned_directory& operator=(owned_directory&& other) noexcept;
    ~owned_directory();

    const std::string& path() const noexcept { return path_; }
    // The path of a name in it.
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

    coro<void> remove();
    // It stays, and belongs to the caller.
    std::string release() noexcept { return std::exchange(path_, {}); }

    coro<bool> aexit(std::exception_ptr error);

private:
    std::string path_;
};

// A new directory. Cancelled, it leaves none behind. Python: tempfile.TemporaryDirectory.
coro<owned_directory> temporary_directory(std::string where = {});

}  // namespace nurt::files
