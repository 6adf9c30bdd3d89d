// SPDX-License-Identifier: MIT
// All directories of a tree, as os.walk gives them.
#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/task.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/files/directory.hpp"
#include "nurt/files/paths.hpp"
#include "tests/files/worlds.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace files = nurt::files;
using nurt::coro;
using nurt_test::error_of;
using nurt_test::with_directory;

namespace {

coro<void> make_tree(std::string dir) {
    co_await files::makedirs(dir + "/a/deep");
    co_await files::makedirs(dir + "/b");
    co_await files::write_text(dir + "/file", "");
    co_await files::write_text(dir + "/a/deep/leaf", "");
    co_await files::symlink("a", dir + "/link");
    co_await files::symlink("nowhere", dir + "/broken");
}

std::string joined(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    std::string all;
    for (const std::string& each : names) all += each + ' ';
    return all;
}

}  // namespace

TEST_CASE_TEMPLATE("a walk gives each directory before what is in it, and follows no links", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await make_tree(dir);
        std::vector<std::string> seen;
        files::directory_tree tree = files::walk(dir);
        for (;;) {
            auto one = co_await tree.next();
            if (!one) {
                break;
            }
            CHECK_FALSE(one->error);
            seen.push_back(one->path.substr(dir.size()));
            const std::string names = joined(one->directories) + "| " + joined(one->files);
            if (seen.size() == 1) {
                CHECK(names == "a b link | broken file ");
            } else if (seen.back() == "/a/deep") {
                CHECK(names == "| leaf ");
            }
        }
        REQUIRE(seen.size() == 4);
        CHECK(seen.front() == "");
        const auto a = std::find(seen.begin(), seen.end(), "/a");
        REQUIRE(a != seen.end());
        CHECK(*(a + 1) == "/a/deep");
        CHECK(std::count(seen.begin(), seen.end(), "/b") == 1);
        const auto after = co_await tree.next();
        CHECK_FALSE(after.has_value());
    });
}

TEST_CASE_TEMPLATE("a walk leaves out what is skipped", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await make_tree(dir);
        files::directory_tree tree = files::walk(dir);
        int directories = 0;
        for (;;) {
            auto one = co_await tree.next();
            if (!one) {
                break;
            }
            ++directories;
            if (one->path.ends_with("/a")) {
                tree.skip();
            }
        }
        CHECK(directories == 3);
    });
}

TEST_CASE_TEMPLATE("a walk fails at its root, and tells of a directory that is gone", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await make_tree(dir);
        files::directory_tree nowhere = files::walk(dir + "/x");
        const auto missing = co_await error_of<nurt::os_error>(nowhere.next());
        CHECK(missing.what() == "walk " + dir + "/x: No such file or directory");
        files::directory_tree no_directory = files::walk(dir + "/file");
        const auto kind = co_await error_of<nurt::os_error>(no_directory.next());
        CHECK(kind.what() == "walk " + dir + "/file: Not a directory");
        files::directory_tree tree = files::walk(dir);
        co_await tree.next();
        co_await files::rmtree(dir + "/a");
        co_await files::rmtree(dir + "/b");
        for (int i = 0; i < 2; ++i) {
            auto gone = co_await tree.next();
            REQUIRE(gone.has_value());
            CHECK(gone->error == std::errc::no_such_file_or_directory);
        }
        const auto end = co_await tree.next();
        CHECK_FALSE(end.has_value());
    });
}

TEST_CASE_TEMPLATE("a step of a walk that is cancelled loses no directory", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await make_tree(dir);
        files::directory_tree tree = files::walk(dir);
        int directories = 0;
        for (bool more = true; more;) {
            auto step = nurt::create_task(tree.next());
            step.cancel();
            auto ends = co_await nurt::gather(nurt::return_exceptions, step);
            auto& ended = std::get<0>(ends);
            directories += ended && ended.value().has_value() ? 1 : 0;
            const auto one = co_await tree.next();
            more = one.has_value();
            directories += more ? 1 : 0;
        }
        CHECK(directories == 4);
    });
}
