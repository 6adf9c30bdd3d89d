// SPDX-License-Identifier: MIT
// Tasks that use files are cancelled at any moment: no memory is touched afterwards, no descriptor and
// no byte is lost.
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/files/directory.hpp"
#include "nurt/files/paths.hpp"
#include "nurt/sim/splitmix.hpp"
#include "tests/files/worlds.hpp"
#include "tests/support/support.hpp"

#include <string>
#include <vector>

namespace files = nurt::files;
using nurt::coro;
using nurt_test::with_directory;

namespace {

// A page of its own letter, written and read back in memory of its own, for ever.
coro<void> use_page(files::file& shared, std::string dir, int number) {
    const std::string page(4096, static_cast<char>('a' + number % 26));
    const std::string own = dir + "/" + std::to_string(number);
    for (;;) {
        const auto at = static_cast<std::uint64_t>(number) * page.size();
        co_await shared.pwrite(page, at);
        std::string back(page.size(), '.');
        co_await shared.pread(std::span<char>(back), at);
        CHECK(back == page);
        files::file f = co_await files::open(own, "w+");
        co_await f.write(page);
        co_await f.seek(0);
        const std::string whole = co_await f.read_all();
        CHECK(whole == page);
        co_await f.close();
        co_await files::remove(own);
    }
}

}  // namespace

TEST_CASE_TEMPLATE("cancelled at any moment, files lose nothing", W, IN_EVERY_WORLD) {
    nurt::sim::splitmix random(nurt_test::seed());
    with_directory<W>([&random](std::string dir) -> coro<void> {
        files::file shared = co_await files::open(dir + "/shared", "w+");
        const std::string page(4096, 'a');  // as the first task writes it, if it comes to that
        co_await shared.pwrite(page, 0);
        for (int round = 0; round < 40; ++round) {
            std::vector<nurt::task<void>> all;
            for (int i = 0; i < 10; ++i) {
                all.push_back(nurt::create_task(use_page, std::ref(shared), dir, i));
            }
            for (auto& one : all) {
                for (std::uint64_t turns = random.below(8); turns > 0; --turns) {
                    co_await nurt::sleep(
                        nurt::microseconds(static_cast<double>(random.below(3) * 20)));
                }
                one.cancel();
            }
            for (auto& one : all) {
                co_await nurt::gather(nurt::return_exceptions, one);
                CHECK(one.cancelled());
            }
        }
        std::string first(4096, '.');
        co_await shared.pread(std::span<char>(first), 0);
        CHECK(first == page);
    });
}
