// SPDX-License-Identifier: MIT
// nurt/files/temporary.cpp: see the header.
#include "nurt/files/temporary.hpp"

#include "nurt/files/detail/file_work.hpp"
#include "nurt/files/paths.hpp"
#include "nurt/threads/run_in_executor.hpp"
#include "nurt/threads/to_thread.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
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

// A descriptor, or -errno.
std::int64_t make_file(std::string where) {
    const int unnamed = ::open(where.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    // What a file system, or an old kernel, says that knows no files without a name.
    const bool unknown = errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL;
    if (unnamed >= 0 || !unknown) {
        return unnamed >= 0 ? unnamed : -errno;
    }
    where += "/nurt-XXXXXX";
    const int named = ::mkostemp(where.data(), O_CLOEXEC);
    if (named < 0) {
        return -errno;
    }
    ::unlink(where.c_str());
    return named;
}

// The path, or "" and errno in the other half.
std::pair<std::string, int> make_directory(std::string where) {
    where += "/nurt-XXXXXX";
    if (::mkdtemp(where.data()) == nullptr) {
        return {std::string(), errno};
    }
    return {std::move(where), 0};
}

void remove_quietly(const std::string& path) noexcept {
    std::error_code unheard;
    std::filesystem::remove_all(path, unheard);
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
    const std::int64_t result = co_await to_thread(make_file, place);
    const auto descriptor =
        static_cast<int>(detail::checked(result, "make a temporary file in", place));
    co_return file::adopt(descriptor, "a temporary file");
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
