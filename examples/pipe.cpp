// SPDX-License-Identifier: MIT
// examples/pipe.cpp: code that only knows how to write to a descriptor, and a task that reads it line by
// line. Here the code runs in a thread and blocks; it could be a library that logs.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

#include <fcntl.h>
#include <unistd.h>

// Knows nothing of coroutines.
void write_report(int descriptor) {
    std::FILE* out = ::fdopen(descriptor, "w");
    for (int part = 1; part <= 3; ++part) {
        std::fprintf(out, "part %d\n", part);
    }
    std::fclose(out);
}

nurt::coro<void> program() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw nurt::os_error(errno, "pipe");
    }
    nurt::stream from = nurt::connect_read_pipe(ends[0], "the report");
    const auto writing = nurt::create_task(nurt::to_thread(write_report, ends[1]));
    for (;;) {
        const std::string line = co_await from.readline();
        if (line.empty()) {
            break;
        }
        std::printf("read: %s", line.c_str());
    }
    co_await writing;

    // Both ends in this program: what nobody will read is an error and no signal.
    auto [reading, writing_end] = nurt::open_pipe();
    reading.close();
    try {
        co_await writing_end.write("for nobody");
    } catch (const nurt::os_error& e) {
        std::puts(e.what());
    }
}

int main() {
    nurt::run(program());
}

// prints:
// read: part 1
// read: part 2
// read: part 3
// write to a pipe: Broken pipe
