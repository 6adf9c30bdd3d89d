// SPDX-License-Identifier: MIT
// nurt/files/walk.cpp: all directories of a tree.
#include "nurt/files/detail/file_work.hpp"
#include "nurt/files/directory.hpp"
#include "nurt/threads/to_thread.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace nurt::files {

namespace {

struct found_directory {
    walked_directory what;
    std::vector<std::string> below;  // paths of those to go into
};

std::string joined(const std::string& path, std::string_view name) {
    std::string whole = path;
    if (whole.empty() || whole.back() != '/') {
        whole += '/';
    }
    return whole.append(name);
}

bool leads_to_directory(int where, const char* name, int flags) noexcept {
    struct stat status{};
    return ::fstatat(where, name, &status, flags) == 0 && S_ISDIR(status.st_mode);
}

void sort_in(found_directory& found, DIR* open, const dirent& one) {
    const int where = ::dirfd(open);
    const bool is_unknown = one.d_type == DT_UNKNOWN;
    const bool is_directory =
        one.d_type == DT_DIR ||
        (is_unknown && leads_to_directory(where, one.d_name, AT_SYMLINK_NOFOLLOW));
    const bool may_be_link = one.d_type == DT_LNK || is_unknown;
    if (is_directory) {
        found.below.push_back(joined(found.what.path, one.d_name));
    }
    const bool counts = is_directory || (may_be_link && leads_to_directory(where, one.d_name, 0));
    (counts ? found.what.directories : found.what.files).emplace_back(one.d_name);
}

// On a thread.
found_directory read_directory(const std::string& path) {
    found_directory found;
    found.what.path = path;
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(path.c_str()), ::closedir);
    int error = open == nullptr ? errno : 0;
    while (open != nullptr) {
        errno = 0;
        const dirent* one = ::readdir(open.get());
        if (one == nullptr) {
            error = errno;
            break;
        }
        if (const std::string_view name = one->d_name; name != "." && name != "..") {
            sort_in(found, open.get(), *one);
        }
    }
    found.what.error.assign(error, std::generic_category());
    return found;
}

}  // namespace

struct directory_tree::state {
    bool begun = false;
    std::vector<std::string> left;   // the next one is the last
    std::vector<std::string> below;  // what is below the one that was given last
};

directory_tree::directory_tree(std::unique_ptr<state> s) noexcept : state_(std::move(s)) {}
directory_tree::directory_tree(directory_tree&&) noexcept = default;
directory_tree& directory_tree::operator=(directory_tree&&) noexcept = default;
directory_tree::~directory_tree() = default;

coro<std::optional<walked_directory>> directory_tree::next() {
    return next_of(*state_);
}

void directory_tree::skip() noexcept {
    state_->below.clear();
}

coro<std::optional<walked_directory>> directory_tree::next_of(state& s) {
    while (!s.below.empty()) {  // in the order of the file system
        s.left.push_back(std::move(s.below.back()));
        s.below.pop_back();
    }
    std::optional<walked_directory> result;
    if (!s.left.empty()) {
        found_directory found = co_await to_thread(read_directory, s.left.back());
        if (found.what.error && !s.begun) {
            detail::fail(-found.what.error.value(), "walk", s.left.back());
        }
        s.begun = true;
        s.left.pop_back();
        s.below = std::move(found.below);
        result = std::move(found.what);
    }
    co_return result;
}

directory_tree walk(std::string path) {
    detail::check_path(path);
    auto s = std::make_unique<directory_tree::state>();
    s->left.push_back(std::move(path));
    return directory_tree(std::move(s));
}

}  // namespace nurt::files
