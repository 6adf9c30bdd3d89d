// SPDX-License-Identifier: MIT
// nurt/files/paths.cpp: see the header.
#include "nurt/files/paths.hpp"

#include "nurt/base/error.hpp"
#include "nurt/files/detail/file_work.hpp"
#include "nurt/files/file.hpp"
#include "nurt/threads/to_thread.hpp"

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace nurt::files {

namespace {

using detail::check_path;
using detail::checked;
using detail::fail;
using detail::file_call;
using detail::file_leaf;

constexpr std::size_t copied_at_once = 16 * 1024 * 1024;  // after which a cancellation is seen

// code: an errno value, 0 is success.
void check_code(int code, const char* call, const std::string& path) {
    if (code != 0) {
        fail(-code, call, path);
    }
}

coro<void> call_with_two(file_call code, const char* name, std::string path, std::string other) {
    check_path(path);
    check_path(other);
    file_leaf request(code, path);
    request.other = other.c_str();
    const std::int64_t result = co_await request;
    checked(result, name, path + " to " + other);
}

coro<void> unlink_with(unsigned flags, const char* name, std::string path) {
    check_path(path);
    file_leaf request(file_call::unlink, path);
    request.flags = flags;
    const std::int64_t result = co_await request;
    checked(result, name, path);
}

// What a system call gives, or -errno. Interrupted it is made again.
template <class Call>
std::int64_t again(Call call) noexcept {
    for (;;) {
        const std::int64_t result = call();
        if (result >= 0 || errno != EINTR) {
            return result >= 0 ? result : -errno;
        }
    }
}

// -errno, or how many bytes: all.
std::int64_t write_all(int to, std::string_view bytes) noexcept {
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto n = again([to, rest] { return ::write(to, rest.data(), rest.size()); });
        if (n <= 0) {
            return n < 0 ? n : -EIO;  // takes nothing and gives no reason
        }
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    return static_cast<std::int64_t>(bytes.size());
}

// What the kernel cannot copy between these two, the program does. -errno, or how many bytes.
std::int64_t copy_piece(int from, int to) {
    const auto moved =
        again([&] { return ::copy_file_range(from, nullptr, to, nullptr, copied_at_once, 0); });
    if (moved > 0) {
        return moved;
    }
    // 0 is the end, or a file of /proc that the kernel calls empty.
    std::string memory(256 * 1024, '\0');
    const auto got = again([&] { return ::read(from, memory.data(), memory.size()); });
    return got <= 0 ? got : write_all(to, {memory.data(), static_cast<std::size_t>(got)});
}

int make_directories(const std::string& path) {
    std::error_code code;
    std::filesystem::create_directories(path, code);
    return code.value();
}

int remove_tree(const std::string& path) {
    std::error_code code;
    const auto removed = std::filesystem::remove_all(path, code);
    return code ? code.value() : removed == 0 ? ENOENT : 0;
}

std::string read_link(const std::string& path) {
    std::string target(256, '\0');
    for (;;) {
        const auto n = ::readlink(path.c_str(), target.data(), target.size());
        const std::size_t length = checked(n < 0 ? -errno : n, "readlink", path);
        if (length < target.size()) {
            target.resize(length);
            return target;
        }
        target.resize(target.size() * 2);
    }
}

std::string resolve_links(const std::string& path) {
    std::error_code code;
    const auto whole = std::filesystem::absolute(path, code);
    const auto real = code ? whole : std::filesystem::weakly_canonical(whole, code);
    check_code(code.value(), "realpath", path);
    return real.string();
}

}  // namespace

coro<void> rename(std::string from, std::string to) {
    return call_with_two(file_call::rename, "rename", std::move(from), std::move(to));
}

coro<void> symlink(std::string target, std::string path) {
    return call_with_two(file_call::symlink, "symlink", std::move(target), std::move(path));
}

coro<void> link(std::string target, std::string path) {
    return call_with_two(file_call::link, "link", std::move(target), std::move(path));
}

coro<void> remove(std::string path) {
    return unlink_with(0, "remove", std::move(path));
}

coro<void> rmdir(std::string path) {
    return unlink_with(AT_REMOVEDIR, "rmdir", std::move(path));
}

coro<void> mkdir(std::string path, std::uint32_t permissions) {
    check_path(path);
    file_leaf request(file_call::mkdir, path);
    request.mode = permissions;
    const std::int64_t result = co_await request;
    checked(result, "mkdir", path);
}

coro<void> makedirs(std::string path) {
    check_path(path);
    const int code = co_await to_thread(make_directories, path);
    check_code(code, "makedirs", path);
}

coro<void> rmtree(std::string path) {
    check_path(path);
    const int code = co_await to_thread(remove_tree, path);
    check_code(code, "rmtree", path);
}

coro<std::string> readlink(std::string path) {
    check_path(path);
    co_return co_await to_thread(read_link, std::move(path));
}

coro<std::string> realpath(std::string path) {
    check_path(path);
    co_return co_await to_thread(resolve_links, std::move(path));
}

coro<std::uint64_t> copy(std::string from, std::string to) {
    file source = co_await open(from);
    const file_status status = co_await source.stat();
    if (status.kind == file_kind::directory) {  // seen before anything is written over
        fail(-EISDIR, "copy", from + " to " + to);
    }
    const bool into = co_await is_directory(to);
    if (into) {
        to += "/" + std::filesystem::path(from).filename().string();
    }
    const std::uint32_t permissions = status.permissions & 0777;
    file target = co_await open(
        to, {.read = false, .write = true, .create = true, .permissions = permissions});
    const file_status old = co_await target.stat();
    if (old.inode == status.inode && old.device == status.device) {
        throw std::invalid_argument(from + " and " + to + " are the same file");
    }
    if ((old.permissions & 07777) != permissions) {  // it is older, or the umask has cut them
        co_await target.chmod(permissions);
    }
    co_await target.truncate(0);
    std::uint64_t total = 0;
    for (;;) {
        const std::int64_t n =
            co_await to_thread(copy_piece, source.descriptor(), target.descriptor());
        total += checked(n, "copy", from + " to " + to);
        if (n == 0) {
            break;
        }
    }
    co_await target.close();
    co_return total;
}

}  // namespace nurt::files
