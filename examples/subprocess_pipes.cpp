// SPDX-License-Identifier: MIT
// examples/subprocess_pipes.cpp: a talk with a child over its pipes, line by line.
#include <nurt/nurt.hpp>

#include <csignal>
#include <cstdio>
#include <string>

namespace subprocess = nurt::subprocess;

nurt::coro<void> print_lines(nurt::stream& from, const char* name) {
    for (;;) {
        const std::string line = co_await from.readline();
        if (line.empty()) {
            co_return;  // the child has closed it, or ended
        }
        std::printf("%s: %s", name, line.c_str());
    }
}

nurt::coro<void> program() {
    nurt::process cat = co_await nurt::create_subprocess_exec(
        "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe});
    for (const std::string word : {"one", "two"}) {
        co_await cat.stdin().write(word + "\n");
        const std::string answer = co_await cat.stdout().readline();
        std::printf("cat answers %s", answer.c_str());
    }
    cat.stdin().close();
    const int code = co_await cat.wait();
    std::printf("cat ended with %d\n", code);

    nurt::process p = co_await nurt::create_subprocess_shell(
        "echo warning >&2; echo result; kill -TERM $$",
        {.stdout = subprocess::pipe, .stderr = subprocess::pipe});
    co_await print_lines(p.stderr(), "stderr");
    co_await print_lines(p.stdout(), "stdout");
    const int signal = co_await p.wait();
    std::printf("SIGTERM: %s\n", signal == -SIGTERM ? "yes" : "no");
}

int main() {
    nurt::run(program());
}

// prints:
// cat answers one
// cat answers two
// cat ended with 0
// stderr: warning
// stdout: result
// SIGTERM: yes
