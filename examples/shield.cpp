// SPDX-License-Identifier: MIT
// examples/shield.cpp: work that goes on although nobody waits for it any more.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

nurt::coro<int> save() {
    co_await nurt::sleep(40ms);
    std::puts("saved");
    co_return 3;
}

nurt::coro<void> program() {
    const nurt::task<int> saving = nurt::create_task(save());
    try {
        co_await nurt::wait_for(nurt::shield(saving), 10ms);
    } catch (const nurt::timeout_error&) {
        std::puts("that takes long, something else meanwhile");
    }
    const int files = co_await saving;
    std::printf("%d files\n", files);
}

int main() {
    nurt::run(program());
}

// prints:
// that takes long, something else meanwhile
// saved
// 3 files
