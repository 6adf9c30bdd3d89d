// SPDX-License-Identifier: MIT
// examples/files.cpp: files are read and written while others go on.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace files = nurt::files;

nurt::coro<void> write_page(files::file& f, std::uint64_t number) {
    const std::string text = "page " + std::to_string(number) + "\n";
    co_await f.pwrite(text, number * text.size());
}

nurt::coro<void> work(files::owned_directory& dir) {
    // An open file has a position, which one task at a time uses.
    files::file f = co_await files::open(dir / "book.txt", "w+");
    co_await f.write("a title that will be overwritten");
    std::printf("position %d\n", static_cast<int>(f.tell()));

    // With offsets, any number of tasks may use it at once.
    std::vector<nurt::task<void>> writers;
    for (std::uint64_t i = 0; i < 5; ++i) {
        writers.push_back(nurt::create_task(write_page, std::ref(f), i));
    }
    co_await nurt::gather(std::move(writers));
    co_await f.truncate(35);
    co_await f.fsync();
    co_await f.seek(28);
    const std::string last = co_await f.read_all();
    std::printf("the last one is %s", last.c_str());
    co_await f.close();

    co_await files::rename(dir / "book.txt", dir / "printed.txt");
    const files::file_status status = co_await files::stat(dir / "printed.txt");
    std::printf("%d bytes\n", static_cast<int>(status.size));
    try {
        co_await files::open(dir.path() + "/book.txt");
    } catch (const nurt::os_error& e) {
        std::printf("no book: %s\n", e.code().message().c_str());
    }
}

int main() {
    nurt::run(nurt::with(files::temporary_directory(), work));
}

// prints:
// position 32
// the last one is page 4
// 35 bytes
// no book: No such file or directory
