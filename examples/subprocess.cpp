// SPDX-License-Identifier: MIT
// examples/subprocess.cpp: other programs as children: what they say, how they end, several at once.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

namespace subprocess = nurt::subprocess;

nurt::coro<std::string> shell(std::string command) {
    nurt::process p = co_await nurt::create_subprocess_shell(command, {.stdout = subprocess::pipe});
    nurt::process_output output = co_await p.communicate();
    co_return std::move(output.out);
}

nurt::coro<void> program() {
    nurt::process count = co_await nurt::create_subprocess_exec(
        "wc", {"-w"}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe});
    const nurt::process_output output = co_await count.communicate("four words come in");
    std::printf("wc said %s", output.out.c_str());
    std::printf("and ended with %d\n", *count.returncode());

    auto both = nurt::gather(shell("sleep 0.02; echo slow"), shell("echo quick"));
    const auto [slow, quick] = co_await both;
    std::printf("%s%s", slow.c_str(), quick.c_str());

    auto env = nurt::environment::current();
    env.set("GREETING", "hello");
    nurt::process p = co_await nurt::create_subprocess_shell("echo $GREETING from $PWD; exit 3",
                                                             {.cwd = "/", .env = &env});
    const int code = co_await p.wait();
    std::printf("exit code %d\n", code);

    try {
        nurt::process sleeper = co_await nurt::create_subprocess_exec("sleep", {"1000"});
        co_await nurt::wait_for(sleeper.wait(), nurt::milliseconds(10));
    } catch (const nurt::timeout_error&) {
        std::puts("too slow: the child was killed with its object");
    }
    try {
        co_await nurt::create_subprocess_exec("/no/such/program");
    } catch (const nurt::os_error& e) {
        std::puts(e.what());
    }
}

int main() {
    std::setvbuf(stdout, nullptr, _IONBF, 0);  // the children write to it as well
    nurt::run(program());
}

// prints:
// wc said 4
// and ended with 0
// slow
// quick
// hello from /
// exit code 3
// too slow: the child was killed with its object
// spawn /no/such/program: No such file or directory
