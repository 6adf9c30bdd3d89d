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

// A file with a name, made by named_temporary_file(). The name goes when it is closed, and so does it
// with the object; the destructor does not block the loop and tells no error. Moved, not copied.
//
//     files::named_file f = co_await files::named_temporary_file("/var/lib/app");
//     co_await f.write(text);
//     co_await f.fsync();
//     co_await f.persist("/var/lib/app/state");   // whoever opens that sees all of it, or the old one
class named_file : public file {
public:
    named_file() = default;  // closed
    named_file(named_file&& other) noexcept
        : file(std::move(other)), path_(std::exchange(other.path_, {})) {}
    named_file& operator=(named_file&& other) noexcept;
    ~named_file();

    const std::string& path() const noexcept { return path_; }  // empty: not ours any more

    // Gives it another name, where it stays; what was there is replaced at once. In one file system only
    // (EXDEV), so make it in the directory where it will be. The file stays open.
    coro<void> persist(std::string to);
    // It stays where it is; gives its path.
    std::string release() noexcept { return std::exchange(path_, {}); }

    // Removes the name, if it is still ours and there, and closes.
    coro<void> close();
    coro<bool> aexit(std::exception_ptr error);

private:
    friend coro<named_file> named_temporary_file(std::string where, std::string suffix);
    named_file(file f, std::string path) noexcept : file(std::move(f)), path_(std::move(path)) {}

    std::string path_;
};

// A new file with a name that nobody can guess and an ending of your choice, ".json" say; only this user
// may read and write it. Cancelled, it leaves none behind. Python: tempfile.NamedTemporaryFile.
coro<named_file> named_temporary_file(std::string where = {}, std::string suffix = {});

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
