// SPDX-License-Identifier: MIT
// examples/lines.cpp: a file line by line, and standard output as a stream.
#include <nurt/nurt.hpp>

#include <string>

namespace files = nurt::files;

nurt::coro<void> number_lines(std::string path) {
    nurt::stream out = files::standard_output();
    co_await nurt::with(files::open(path), [&](files::file& f) -> nurt::coro<void> {
        int number = 0;
        while (auto line = co_await f.next_line()) {
            const std::string text = std::to_string(++number) + " " + *line + "\n";
            co_await out.write(text);
        }
    });
}

nurt::coro<void> work() {
    files::owned_directory dir = co_await files::temporary_directory();
    co_await files::write_text(dir / "poem", "roses are red\nviolets are blue\n");
    co_await files::append_text(dir / "poem", "a loop does not wait\nfor a disk, and so do you");
    co_await number_lines(dir / "poem");
}

int main() {
    nurt::run(work());
}

// prints:
// 1 roses are red
// 2 violets are blue
// 3 a loop does not wait
// 4 for a disk, and so do you
