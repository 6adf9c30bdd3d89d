// SPDX-License-Identifier: MIT
// nurt/files/directory.hpp: what is in a directory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <system_error>
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

// One directory of a tree. What is no directory is a file here; a symbolic link to a directory counts as
// a directory, but is not gone into.
struct walked_directory {
    std::string path;
    std::vector<std::string> directories;  // names
    std::vector<std::string> files;
    std::error_code error;  // it could not be read, or not to its end
};

// A directory and all that are below it, each before what is in it. A thread reads one whole directory at
// a time.
//
//     auto tree = files::walk("src");
//     while (auto dir = co_await tree.next()) { ... dir->path + "/" + dir->files[0] ... }
class directory_tree {
public:
    directory_tree(directory_tree&&) noexcept;
    directory_tree& operator=(directory_tree&&) noexcept;
    ~directory_tree();

    // Nothing at the end. os_error when the root of the tree cannot be read: "walk src: No such file or
    // directory"; further down the entry says it. Cancelled, it loses nothing.
    coro<std::optional<walked_directory>> next();
    // Leaves out what is below the directory that next() gave last.
    void skip() noexcept;

private:
    friend directory_tree walk(std::string path);
    struct state;

    explicit directory_tree(std::unique_ptr<state> s) noexcept;
    static coro<std::optional<walked_directory>> next_of(state& s);

    std::unique_ptr<state> state_;
};

// Python: os.walk.
directory_tree walk(std::string path);
// Python: os.scandir.
directory scandir(std::string path);
// All names, in the order of the file system. Python: os.listdir.
coro<std::vector<std::string>> listdir(std::string path);

}  // namespace nurt::files
