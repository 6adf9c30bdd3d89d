// SPDX-License-Identifier: MIT
// nurt/files/directory.hpp: what is in a directory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/files/file_status.hpp"

namespace nurt::files {

// The kind is unknown where the file system does not say it without being asked for each.
// Python: os.DirEntry.
struct directory_entry {
    std::string name;
    file_kind kind = file_kind::unknown;
};

// Gives what is in a directory, in the order of the file system, without "." and "..". It is read a few
// hundred names at a time, by a thread, from the first next() on, so a directory may be of any size.
//
//     auto entries = files::scandir("/tmp");
//     while (auto entry = co_await entries.next()) { ... }
class directory {
public:
    directory(directory&&) noexcept;
    directory& operator=(directory&&) noexcept;
    ~directory();

    // Nothing at the end. os_error: "scandir /root: Permission denied". Cancelled, it loses nothing.
    // One task at a time: another gets usage_error.
    coro<std::optional<directory_entry>> next();

private:
    friend directory scandir(std::string path);
    struct state;
    struct reading_mark;

    explicit directory(std::shared_ptr<state> s) noexcept;
    static coro<std::optional<directory_entry>> next_of(std::shared_ptr<state> s);

    std::shared_ptr<state> state_;  // also of who reads
};

// Python: os.scandir.
directory scandir(std::string path);
// All names, in the order of the file system. Python: os.listdir.
coro<std::vector<std::string>> listdir(std::string path);

}  // namespace nurt::files
