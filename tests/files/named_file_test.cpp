// SPDX-License-Identifier: MIT
// Temporary files that have a name.
#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/with.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/files/directory.hpp"
#include "nurt/files/paths.hpp"
#include "tests/files/worlds.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace files = nurt::files;
using nurt::coro;
using nurt_test::error_of;
using nurt_test::with_directory;

TEST_CASE_TEMPLATE("a named temporary file is ours alone, and goes when it is closed", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::named_file f = co_await files::named_temporary_file(dir, ".json");
        CHECK(f.path().starts_with(dir + "/nurt-"));
        CHECK(f.path().ends_with(".json"));
        CHECK(f.name() == f.path());
        const files::file_status status = co_await files::stat(f.path());
        CHECK(status.permissions == 0600);
        co_await f.write("text");
        const std::string text = co_await files::read_text(f.path());
        CHECK(text == "text");
        co_await f.seek(0);
        const std::string own = co_await f.read_all();
        CHECK(own == "text");
        co_await f.close();
        CHECK(f.is_closed());
        CHECK(f.path() == "");
        const std::vector<std::string> left = co_await files::listdir(dir);
        CHECK(left.empty());
        co_await f.close();
    });
}

TEST_CASE_TEMPLATE("a named temporary file that is persisted takes the place of another one", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        co_await files::write_text(dir + "/state", "old");
        {
            files::named_file f = co_await files::named_temporary_file(dir);
            co_await f.write("new");
            co_await f.persist(dir + "/state");
            CHECK(f.path() == "");
            co_await f.write("er");
            co_await error_of<nurt::usage_error>(f.persist(dir + "/twice"));
        }
        const std::vector<std::string> left = co_await files::listdir(dir);
        CHECK(left == std::vector<std::string>{"state"});
        const std::string text = co_await files::read_text(dir + "/state");
        CHECK(text == "newer");
        files::named_file f = co_await files::named_temporary_file(dir);
        const std::string path = f.path();
        const auto e = co_await error_of<nurt::os_error>(f.persist(dir + "/no/where"));
        CHECK(e.what() == "rename " + path + " to " + dir + "/no/where: No such file or directory");
        CHECK(f.release() == path);
        co_await f.close();
        const bool kept = co_await files::exists(path);
        CHECK(kept);
    });
}

TEST_CASE_TEMPLATE("a named temporary file goes with its object, wherever that was moved", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        std::string second;
        {
            files::named_file f = co_await files::named_temporary_file(dir);
            files::named_file g = co_await files::named_temporary_file(dir);
            second = g.path();
            f = std::move(g);
            CHECK(f.path() == second);
        }
        std::vector<std::string> left = co_await files::listdir(dir);
        while (!left.empty()) {  // a thread removes them
            co_await nurt::sleep(nurt::milliseconds(1));
            left = co_await files::listdir(dir);
        }
        co_await nurt::with(files::named_temporary_file(dir),
                            [](files::named_file& f) -> coro<void> { co_await f.write("x"); });
        left = co_await files::listdir(dir);
        CHECK(left.empty());
    });
}

TEST_CASE_TEMPLATE("a named temporary file whose name is gone closes in peace", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        files::named_file f = co_await files::named_temporary_file(dir);
        co_await files::remove(f.path());
        co_await f.close();
        CHECK(f.is_closed());
    });
}

TEST_CASE_TEMPLATE("a named temporary file that cannot be made says where", W, IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        const auto e = co_await error_of<nurt::os_error>(files::named_temporary_file(dir + "/x"));
        CHECK(e.what() == "make a temporary file in " + dir + "/x: No such file or directory");
        co_await error_of<std::invalid_argument>(files::named_temporary_file(dir, "/../x"));
        co_await error_of<std::invalid_argument>(
            files::named_temporary_file(dir, std::string("\0", 1)));
    });
}

TEST_CASE_TEMPLATE("making a named temporary file, cancelled at any point, leaves none behind", W,
                   IN_EVERY_WORLD) {
    with_directory<W>([](std::string dir) -> coro<void> {
        for (int turns = 0; turns < 5; ++turns) {
            auto making = nurt::create_task(files::named_temporary_file(dir));
            for (int i = 0; i < turns; ++i) {
                co_await nurt::sleep(nurt::seconds(0));
            }
            making.cancel();
            co_await nurt::gather(nurt::return_exceptions, making);
        }
        std::vector<std::string> left = co_await files::listdir(dir);
        while (!left.empty()) {
            co_await nurt::sleep(nurt::milliseconds(1));
            left = co_await files::listdir(dir);
        }
    });
}
