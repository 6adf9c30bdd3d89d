// SPDX-License-Identifier: MIT
// nurt/files/temporary.cpp: see the header.
#include "nurt/files/temporary.hpp"

#include "nurt/base/error.hpp"
#include "nurt/files/detail/file_work.hpp"
#include "nurt/files/paths.hpp"
#include "nurt/io/descriptor.hpp"
#include "nurt/threads/run_in_executor.hpp"
#include "nurt/threads/to_thread.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace nurt::files {

namespace {

std::string place_of(std::string where) {
    detail::check_path(where);
    if (where.empty()) {
        const char* set = std::getenv("TMPDIR");
        where = set != nullptr && *set != '\0' ? set : "/tmp";
    }
    return where;
}

// A descriptor, or -errno. Opening may be interrupted.
int open_unnamed(const std::string& where) noexcept {
    for (;;) {
        const int made = ::open(where.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (made >= 0 || errno != EINTR) {
            return made >= 0 ? made : -errno;
        }
    }
}

// The same. A file whose name cannot be taken away is no temporary one.
int open_named(std::string where) {
    where += "/nurt-XXXXXX";
    io::descriptor made(::mkostemp(where.data(), O_CLOEXEC));
    if (!made || ::unlink(where.c_str()) != 0) {
        return -errno;
    }
    return made.release();
}

int make_file(const std::string& where) {
    const int made = open_unnamed(where);
    // What a file system, or an old kernel, says that knows no files without a name.
    const bool unknown = made == -EOPNOTSUPP || made == -EISDIR || made == -EINVAL;
    return unknown ? open_named(where) : made;
}

// The path and a descriptor, or -errno.
std::pair<std::string, std::int64_t> make_named_file(std::string where, const std::string& suffix) {
    where += "/nurt-XXXXXX" + suffix;
    const int made = ::mkostemps(where.data(), static_cast<int>(suffix.size()), O_CLOEXEC);
    return {std::move(where), made >= 0 ? made : -errno};
}

// The path, or "" and errno in the other half.
std::pair<std::string, int> make_directory(std::string where) {
    where += "/nurt-XXXXXX";
    if (::mkdtemp(where.data()) == nullptr) {
        return {std::string(), errno};
    }
    return {std::move(where), 0};
}

coro<void> remove_if_there(std::string path) {
    try {
        co_await remove(std::move(path));
    } catch (const os_error& e) {
        if (e.number() != ENOENT) {
            throw;
        }
    }
}

// Without memory it stays.
void remove_quietly(const std::string& path) noexcept {
    try {
        std::error_code unheard;
        std::filesystem::remove_all(path, unheard);
    } catch (const std::bad_alloc&) {
    }
}

void remove_in_background(std::string path) noexcept {
    if (event_loop::running_or_null() != nullptr) {
        try {
            static_cast<void>(run_in_executor(nullptr, remove_quietly, path));
            return;
        } catch (...) {  // no thread to be had
        }
    }
    remove_quietly(path);
}

}  // namespace

coro<file> temporary_file(std::string where) {
    const std::string place = place_of(std::move(where));
    const int result = co_await to_thread(make_file, place);
    io::descriptor owner(
        static_cast<int>(detail::checked(result, "make a temporary file in", place)));
    file made = file::adopt(owner.number(), "a temporary file");
    owner.release();
    co_return made;
}

coro<named_file> named_temporary_file(std::string where, std::string suffix) {
    const std::string place = place_of(std::move(where));
    detail::check_path(suffix);
    if (suffix.find('/') != suffix.npos) {
        throw std::invalid_argument("the ending of a file has no '/': " + suffix);
    }
    auto made = co_await to_thread(make_named_file, place, suffix);
    io::descriptor owner(
        static_cast<int>(detail::checked(made.second, "make a temporary file in", place)));
    file f = file::adopt(owner.number(), made.first);
    owner.release();
    co_return named_file(std::move(f), std::move(made.first));
}

named_file& named_file::operator=(named_file&& other) noexcept {
    if (this != &other) {
        const named_file old(std::move(*this));
        static_cast<file&>(*this) = std::move(other);
        path_ = std::exchange(other.path_, {});
    }
    return *this;
}

named_file::~named_file() {
    if (!path_.empty()) {
        remove_in_background(std::move(path_));
    }
}

coro<void> named_file::persist(std::string to) {
    if (path_.empty()) {
        throw usage_error("this file has no temporary name to be changed");
    }
    co_await rename(path_, std::move(to));
    path_.clear();
}

// Cancelled before the name is gone, it leaves that to the end of the object.
coro<void> named_file::close() {
    if (!path_.empty()) {
        co_await remove_if_there(path_);
        path_.clear();
    }
    co_await file::close();
}

coro<bool> named_file::aexit(std::exception_ptr) {
    co_await close();
    co_return false;
}

owned_directory& owned_directory::operator=(owned_directory&& other) noexcept {
    if (this != &other) {
        const owned_directory old(std::exchange(path_, std::exchange(other.path_, {})));
    }
    return *this;
}

owned_directory::~owned_directory() {
    if (!path_.empty()) {
        remove_in_background(std::move(path_));
    }
}

// Cancelled before it has begun, it leaves that to the end of the object.
coro<void> owned_directory::remove() {
    if (!path_.empty()) {
        co_await rmtree(path_);
        path_.clear();
    }
}

coro<bool> owned_directory::aexit(std::exception_ptr) {
    co_await remove();
    co_return false;
}

coro<owned_directory> temporary_directory(std::string where) {
    const std::string place = place_of(std::move(where));
    auto made = co_await to_thread(make_directory, place);
    if (made.second != 0) {
        detail::fail(-made.second, "make a temporary directory in", place);
    }
    co_return owned_directory(std::move(made.first));
}

}  // namespace nurt::files
