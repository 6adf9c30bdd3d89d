// SPDX-License-Identifier: MIT
// Permissions, owners and times of files are changed, by path and on an open file.
#include "nurt/base/error.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/files/paths.hpp"
#include "tests/files/worlds.hpp"

#include <stdexcept>
#include <string>

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace files = nurt::files;
using nurt::coro;
using nurt::nanoseconds;
using nurt_test::error_of;
using nurt_test::with_directory;

TEST_CASE_TEMPLATE("permissions are set as they are, whatever the umask", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/a", "text");
        co_await files::symlink("a", dir + "/s");
        co_await files::chmod(dir + "/s", 0777);
        files::file_status status = co_await files::stat(dir + "/a");
        CHECK(status.permissions == 0777);
        files::file f = co_await files::open(dir + "/a");
        co_await f.chmod(04711);
        status = co_await f.stat();
        CHECK(status.permissions == 04711);
        const auto missing = co_await error_of<nurt::os_error>(files::chmod(dir + "/x", 0600));
        CHECK(missing.what() == "chmod " + dir + "/x: No such file or directory");
        const auto unnamed = co_await error_of<nurt::os_error>(files::chmod("", 0600));
        CHECK(unnamed.what() == std::string("chmod '': No such file or directory"));
        co_await error_of<std::invalid_argument>(files::chmod(std::string("a\0b", 3), 0600));
    });
}

TEST_CASE_TEMPLATE("times are set to the nanosecond, before 1970 too, or to now", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string path = dir + "/a";
        co_await files::write_text(path, "text");
        co_await files::utime(path, nanoseconds(1'000'000'000'123'456'789), nanoseconds(-1));
        files::file_status status = co_await files::stat(path);
        CHECK(status.accessed == nanoseconds(1'000'000'000'123'456'789));
        CHECK(status.modified == nanoseconds(-1));
        files::file f = co_await files::open(path);
        co_await f.utime(nurt::seconds(5), nurt::seconds(6));
        status = co_await f.stat();
        CHECK(status.accessed == nurt::seconds(5));
        CHECK(status.modified == nurt::seconds(6));
        const ::time_t before = ::time(nullptr);
        co_await files::utime(path);
        status = co_await files::stat(path);
        CHECK(status.modified.seconds() >= static_cast<double>(before) - 1);
        CHECK(status.modified == status.accessed);
        const auto missing = co_await error_of<nurt::os_error>(files::utime(dir + "/x"));
        CHECK(missing.what() == "utime " + dir + "/x: No such file or directory");
    });
}

TEST_CASE_TEMPLATE("an owner of -1 stays", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/a", "text");
        co_await files::chown(dir + "/a", -1, ::getegid());
        files::file f = co_await files::open(dir + "/a");
        co_await f.chown(::geteuid(), -1);
        const files::file_status status = co_await f.stat();
        CHECK(status.user == ::geteuid());
        CHECK(status.group == ::getegid());
        const auto missing = co_await error_of<nurt::os_error>(files::chown(dir + "/x", -1, -1));
        CHECK(missing.what() == "chown " + dir + "/x: No such file or directory");
    });
}

// shutil.copy: copyfile and copymode
TEST_CASE_TEMPLATE("a copy has the permissions of its source, whatever the umask was", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/a", "text");
        co_await files::write_text(dir + "/old", "old");
        co_await files::chmod(dir + "/a", 04767);
        co_await files::copy(dir + "/a", dir + "/new");
        co_await files::copy(dir + "/a", dir + "/old");
        const files::file_status made = co_await files::stat(dir + "/new");
        const files::file_status old = co_await files::stat(dir + "/old");
        CHECK(made.permissions == 0767);
        CHECK(old.permissions == 0767);
    });
}

TEST_CASE_TEMPLATE("a copy into a directory keeps its name", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/a", "text");
        co_await files::mkdir(dir + "/d");
        co_await files::copy(dir + "/a", dir + "/d");
        const std::string text = co_await files::read_text(dir + "/d/a");
        CHECK(text == "text");
        co_await files::mkdir(dir + "/d/e");
        const auto e = co_await error_of<nurt::os_error>(files::copy(dir + "/d/e", dir + "/x"));
        CHECK(e.what() == "copy " + dir + "/d/e to " + dir + "/x: Is a directory");
    });
}

TEST_CASE_TEMPLATE("a file that was opened for something else says so", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::file to_write = co_await files::open(dir + "/a", "w");
        const auto read = co_await error_of<nurt::os_error>(to_write.read_all());
        CHECK(read.what() == "read " + dir + "/a (not opened for reading): Bad file descriptor");
        files::file to_read = co_await files::open(dir + "/a");
        const auto cut = co_await error_of<nurt::os_error>(to_read.truncate(0));
        CHECK(cut.what() == "truncate " + dir + "/a (not opened for writing): Bad file descriptor");
        const auto unnamed = co_await error_of<nurt::os_error>(files::open(""));
        CHECK(unnamed.what() == std::string("open '': No such file or directory"));
    });
}

TEST_CASE_TEMPLATE("a real path has no links and no dots in it", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const std::string root = co_await files::realpath(dir);
        co_await files::mkdir(dir + "/d");
        co_await files::symlink("d", dir + "/s");
        const std::string there = co_await files::realpath(dir + "/./s/../s");
        CHECK(there == root + "/d");
        const std::string nowhere = co_await files::realpath(dir + "/s/x/../y");
        CHECK(nowhere == root + "/d/y");
        const std::string here = co_await files::realpath(".");
        CHECK(here.starts_with('/'));
        co_await files::symlink("circle", dir + "/circle");
        const auto e = co_await error_of<nurt::os_error>(files::realpath(dir + "/circle"));
        CHECK(e.what() == "realpath " + dir + "/circle: Too many levels of symbolic links");
    });
}
