// SPDX-License-Identifier: MIT
// nurt/files/contents.cpp: see the header.
#include "nurt/files/contents.hpp"

#include "nurt/files/file.hpp"

#include <algorithm>
#include <utility>

namespace nurt::files {

namespace {

coro<void> write_whole(std::string path, std::string_view mode, std::string_view text) {
    file f = co_await open(std::move(path), mode);
    co_await f.write(text);
    co_await f.close();
}

}  // namespace

coro<std::string> read_text(std::string path) {
    file f = co_await open(std::move(path));
    co_return co_await f.read_all();
}

coro<std::vector<std::byte>> read_bytes(std::string path) {
    file f = co_await open(std::move(path));
    std::vector<std::byte> bytes;
    std::size_t have = 0;
    for (std::size_t got = 1; got != 0; have += got) {
        bytes.resize(have + std::clamp<std::size_t>(have, 16 * 1024, 1024 * 1024));
        got = co_await f.read_some(std::span<std::byte>(bytes.data() + have, bytes.size() - have));
    }
    bytes.resize(have);
    co_return bytes;
}

coro<void> write_text(std::string path, std::string_view text) {
    return write_whole(std::move(path), "w", text);
}

coro<void> write_bytes(std::string path, std::span<const std::byte> bytes) {
    return write_whole(std::move(path), "w",
                       {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

coro<void> append_text(std::string path, std::string_view text) {
    return write_whole(std::move(path), "a", text);
}

}  // namespace nurt::files
