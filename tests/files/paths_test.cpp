// SPDX-License-Identifier: MIT
// Names of files, their status, directories, and what is temporary.
#include "nurt/files/paths.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/with.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/files/directory.hpp"
#include "tests/files/worlds.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace files = nurt::files;
using nurt::coro;
using nurt_test::error_of;
using nurt_test::with_directory;

TEST_CASE_TEMPLATE("names are made, changed and taken away", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::mkdir(dir + "/d", 0700);
        co_await files::write_text(dir + "/d/a", "text");
        co_await files::rename(dir + "/d/a", dir + "/b");
        co_await files::link(dir + "/b", dir + "/c");
        co_await files::symlink("c", dir + "/s");
        const std::string target = co_await files::readlink(dir + "/s");
        CHECK(target == "c");
        const std::string text = co_await files::read_text(dir + "/s");
        CHECK(text == "text");
        co_await files::remove(dir + "/b");
        const bool gone = co_await files::exists(dir + "/b");
        CHECK(!gone);
        co_await files::rmdir(dir + "/d");
        const auto twice = co_await error_of<nurt::os_error>(files::rmdir(dir + "/d"));
        CHECK(twice.what() == "rmdir " + dir + "/d: No such file or directory");
        const auto none = co_await error_of<nurt::os_error>(files::rename(dir + "/x", dir + "/y"));
        CHECK(none.what() == "rename " + dir + "/x to " + dir + "/y: No such file or directory");
        const auto full = co_await error_of<nurt::os_error>(files::rmdir(dir));
        CHECK(full.number() == ENOTEMPTY);
    });
}

TEST_CASE_TEMPLATE("a status tells kind, size, permissions and times", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/a", "text");
        co_await files::symlink("a", dir + "/s");
        REQUIRE(::chmod((dir + "/a").c_str(), 0640) == 0);
        const files::file_status followed = co_await files::stat(dir + "/s");
        CHECK(followed.is_file());
        CHECK(followed.size == 4);
        CHECK(followed.permissions == 0640);
        CHECK(followed.user == ::getuid());
        struct ::stat plain{};
        REQUIRE(::stat((dir + "/a").c_str(), &plain) == 0);
        CHECK(followed.inode == plain.st_ino);
        CHECK(followed.device == plain.st_dev);
        CHECK(static_cast<std::time_t>(followed.modified.seconds()) == plain.st_mtim.tv_sec);
        const files::file_status itself = co_await files::lstat(dir + "/s");
        CHECK(itself.is_symlink());
        const bool is_directory = co_await files::is_directory(dir);
        const bool is_file = co_await files::is_file(dir);
        const bool below_a_file = co_await files::exists(dir + "/a/b");
        CHECK(is_directory);
        CHECK(!is_file);
        CHECK(!below_a_file);
        const auto missing = co_await error_of<nurt::os_error>(files::stat(dir + "/x"));
        CHECK(missing.what() == "stat " + dir + "/x: No such file or directory");
    });
}

TEST_CASE_TEMPLATE("a zero byte in a path is refused everywhere", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string bad = dir + std::string("/a\0b", 4);
        co_await error_of<std::invalid_argument>(files::stat(bad));
        co_await error_of<std::invalid_argument>(files::exists(bad));
        co_await error_of<std::invalid_argument>(files::rename(dir, bad));
        co_await error_of<std::invalid_argument>(files::remove(bad));
        co_await error_of<std::invalid_argument>(files::mkdir(bad));
        co_await error_of<std::invalid_argument>(files::rmtree(bad));
        co_await error_of<std::invalid_argument>(files::readlink(bad));
        co_await error_of<std::invalid_argument>(files::listdir(bad));
        co_await error_of<std::invalid_argument>(files::temporary_file(bad));
    });
}

TEST_CASE_TEMPLATE("a directory of a thousand files is listed whole", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        for (int i = 0; i < 1000; ++i) {
            const std::string path = dir + "/" + std::to_string(i);
            REQUIRE(::mkdir(path.c_str(), 0700) == 0);
        }
        std::vector<std::string> names = co_await files::listdir(dir);
        std::sort(names.begin(), names.end());
        CHECK(names.size() == 1000);
        CHECK(std::unique(names.begin(), names.end()) == names.end());
        files::directory entries = files::scandir(dir);
        auto first = co_await entries.next();
        REQUIRE(first.has_value());
        CHECK(first->kind == files::file_kind::directory);
        const auto error = co_await error_of<nurt::os_error>(files::listdir(dir + "/x"));
        CHECK(error.what() == "scandir " + dir + "/x: No such file or directory");
    });
}

TEST_CASE_TEMPLATE("one task at a time reads a directory, which may go meanwhile", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/name", "");
        std::optional<files::directory> entries = files::scandir(dir);
        auto first = nurt::create_task(entries->next());
        auto second = nurt::create_task(error_of<nurt::usage_error>(entries->next()));
        co_await second;
        entries.reset();
        const auto entry = co_await first;
        CHECK(entry.value().name == "name");
    });
}

TEST_CASE_TEMPLATE("trees are made and removed, and links in them are not followed", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::makedirs(dir + "/a/b/c");
        co_await files::makedirs(dir + "/a/b/c");
        co_await files::write_text(dir + "/kept", "text");
        co_await files::symlink(dir, dir + "/a/b/up");
        co_await files::rmtree(dir + "/a");
        const bool kept = co_await files::exists(dir + "/kept");
        const bool left = co_await files::exists(dir + "/a");
        CHECK(kept);
        CHECK(!left);
        const auto error = co_await error_of<nurt::os_error>(files::rmtree(dir + "/a"));
        CHECK(error.what() == "rmtree " + dir + "/a: No such file or directory");
    });
}

TEST_CASE_TEMPLATE("a file is copied with its permissions, but not onto itself", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string text(500'000, 'x');
        co_await files::write_text(dir + "/a", text);
        REQUIRE(::chmod((dir + "/a").c_str(), 0700) == 0);
        co_await files::write_text(dir + "/old", std::string(600'000, 'y'));
        const std::uint64_t n = co_await files::copy(dir + "/a", dir + "/b");
        co_await files::copy(dir + "/a", dir + "/old");
        CHECK(n == text.size());
        const std::string copied = co_await files::read_text(dir + "/b");
        const std::string replaced = co_await files::read_text(dir + "/old");
        CHECK(copied == text);
        CHECK(replaced == text);
        const files::file_status status = co_await files::stat(dir + "/b");
        CHECK(status.permissions == 0700);
        co_await error_of<std::invalid_argument>(files::copy(dir + "/a", dir + "/a"));
        const auto no_file = co_await error_of<nurt::os_error>(files::copy(dir, dir + "/a"));
        CHECK(no_file.what() == "copy " + dir + " to " + dir + "/a: Is a directory");
        const std::string whole = co_await files::read_text(dir + "/a");
        CHECK(whole == text);
        const std::uint64_t of_proc = co_await files::copy("/proc/self/status", dir + "/status");
        CHECK(of_proc > 0);
    });
}

TEST_CASE_TEMPLATE("whole files are written and read in one call", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::vector<std::byte> bytes(100'000, std::byte{7});
        co_await files::write_bytes(dir + "/a", bytes);
        const std::vector<std::byte> back = co_await files::read_bytes(dir + "/a");
        CHECK(back == bytes);
        co_await files::write_text(dir + "/a", "short");
        co_await files::append_text(dir + "/a", "er");
        const std::string text = co_await files::read_text(dir + "/a");
        CHECK(text == "shorter");
        const std::string of_proc = co_await files::read_text("/proc/self/stat");
        CHECK(!of_proc.empty());
    });
}

TEST_CASE_TEMPLATE("a temporary file has no name, and a directory goes with its owner", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::file f = co_await files::temporary_file(dir);
        co_await f.write("text");
        co_await f.seek(0);
        const std::string text = co_await f.read_all();
        CHECK(text == "text");
        const std::vector<std::string> names = co_await files::listdir(dir);
        CHECK(names.empty());
        std::string inner;
        co_await nurt::with(files::temporary_directory(dir),
                            [&](files::owned_directory& own) -> coro<void> {
                                inner = own.path();
                                co_await files::write_text(own / "a", "text");
                            });
        const bool left = co_await files::exists(inner);
        CHECK(inner.starts_with(dir));
        CHECK(!left);
        co_await error_of<nurt::os_error>(files::temporary_directory(dir + "/x"));
    });
}

TEST_CASE_TEMPLATE("a temporary directory whose making was cancelled is removed", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        for (int turns = 0; turns < 8; ++turns) {
            auto making = nurt::create_task(
                [](std::string where) -> coro<void> {
                    auto own = co_await files::temporary_directory(where);
                    co_await nurt::sleep(nurt::seconds(3600));
                },
                dir);
            for (int i = 0; i < turns; ++i) {
                co_await nurt::sleep(nurt::milliseconds(i % 3 == 0 ? 0 : 1));
            }
            making.cancel();
            co_await nurt::gather(nurt::return_exceptions, making);
        }
        for (int tries = 0; tries < 1000; ++tries) {  // threads remove them
            const std::vector<std::string> names = co_await files::listdir(dir);
            if (names.empty()) {
                break;
            }
            co_await nurt::sleep(nurt::milliseconds(5));
        }
        const std::vector<std::string> left = co_await files::listdir(dir);
        CHECK(left.empty());
    });
}
