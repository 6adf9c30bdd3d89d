// SPDX-License-Identifier: MIT
// examples/lecture_3_3_async_def.cpp: a function that returns a coro is Python's async def.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

nurt::coro<int> coro_name(std::string args) {
    std::printf("running with %s\n", args.c_str());
    co_return static_cast<int>(args.size());
}

int main() {
    auto work = coro_name("args");  // nothing has run yet
    std::puts("called");
    const int value = nurt::run(std::move(work));
    std::printf("returned %d\n", value);
}

// prints:
// called
// running with args
// returned 4
