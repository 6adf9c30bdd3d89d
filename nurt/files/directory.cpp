// SPDX-License-Identifier: MIT
// nurt/files/directory.cpp: see the header.
#include "nurt/files/directory.hpp"

#include "nurt/base/error.hpp"
#include "nurt/files/detail/file_work.hpp"
#include "nurt/threads/to_thread.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

#include <dirent.h>

namespace nurt::files {

namespace {

constexpr std::size_t batch = 256;  // a trip to a thread costs about as much as so many names

file_kind kind_of(unsigned char type) noexcept {
    switch (type) {
        case DT_REG: return file_kind::regular;
        case DT_DIR: return file_kind::directory;
        case DT_LNK: return file_kind::symlink;
        case DT_FIFO: return file_kind::fifo;
        case DT_SOCK: return file_kind::socket;
        case DT_CHR: return file_kind::character_device;
        case DT_BLK: return file_kind::block_device;
        default: return file_kind::unknown;
    }
}

}  // namespace

struct directory::state {
    explicit state(std::string p) : path(std::move(p)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        if (open != nullptr) {
            ::closedir(open);
        }
    }

    // On a thread. Opens at first.
    void read() {
        entries.clear();
        taken = 0;
        if (open == nullptr && (open = ::opendir(path.c_str())) == nullptr) {
            detail::fail(-errno, "scandir", path);
        }
        while (!ended && entries.size() < batch) {
            errno = 0;
            const dirent* one = ::readdir(open);
            if (one == nullptr) {
                if (errno != 0) {
                    detail::fail(-errno, "scandir", path);
                }
                ended = true;
            } else if (const std::string_view name = one->d_name; name != "." && name != "..") {
                entries.push_back({std::string(name), kind_of(one->d_type)});
            }
        }
    }

    std::string path;
    DIR* open = nullptr;
    bool ended = false;
    std::vector<directory_entry> entries;
    std::size_t taken = 0;
    bool busy = false;  // a thread reads for a task
};

struct directory::reading_mark {
    explicit reading_mark(state& s) noexcept : marked(s) { s.busy = true; }
    reading_mark(const reading_mark&) = delete;
    reading_mark& operator=(const reading_mark&) = delete;
    ~reading_mark() { marked.busy = false; }
    state& marked;
};

directory::directory(std::shared_ptr<state> s) noexcept : state_(std::move(s)) {}
directory::directory(directory&&) noexcept = default;
directory& directory::operator=(directory&&) noexcept = default;
directory::~directory() = default;

coro<std::optional<directory_entry>> directory::next() {
    return next_of(state_);
}

coro<std::optional<directory_entry>> directory::next_of(std::shared_ptr<state> s) {
    if (!s || s->busy) {
        throw usage_error(s ? "another task reads this directory" : "the directory is closed");
    }
    if (s->taken == s->entries.size() && !s->ended) {
        const reading_mark mark(*s);
        co_await to_thread([](state* unread) { unread->read(); }, s.get());
    }
    std::optional<directory_entry> result;
    if (s->taken < s->entries.size()) {
        result = std::move(s->entries[s->taken++]);
    }
    co_return result;
}

directory scandir(std::string path) {
    detail::check_path(path);
    return directory(std::make_shared<directory::state>(std::move(path)));
}

coro<std::vector<std::string>> listdir(std::string path) {
    directory entries = scandir(std::move(path));
    std::vector<std::string> names;
    for (;;) {
        std::optional<directory_entry> entry = co_await entries.next();
        if (!entry) {
            break;
        }
        names.push_back(std::move(entry->name));
    }
    co_return names;
}

}  // namespace nurt::files
