// SPDX-License-Identifier: MIT
// examples/exception_group.cpp: several errors at once, looked through by type.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

using namespace std::chrono_literals;

nurt::coro<void> fails(const char* why) {
    co_await nurt::sleep(1ms);
    throw std::runtime_error(why);
}

nurt::coro<void> too_late() {
    co_await nurt::sleep(1ms);
    throw nurt::timeout_error();
}

nurt::coro<void> program() {
    try {
        co_await nurt::with(nurt::task_group(), [](nurt::task_group& group) -> nurt::coro<void> {
            group.create_task(fails("disk")).detach();
            group.create_task(fails("net")).detach();
            group.create_task(too_late()).detach();
            co_return;
        });
    } catch (const nurt::exception_group& all) {
        const auto [late, rest] = all.split<nurt::timeout_error>();
        std::printf("%zu errors: %zu late, %zu others\n", all.errors().size(),
                    late->errors().size(), rest->errors().size());
    }
}

int main() {
    nurt::run(program());
}

// prints:
// 3 errors: 1 late, 2 others
