// SPDX-License-Identifier: MIT
// tests/process/environment_test.cpp: names and values, and what needs no machine.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/process/process.hpp"
#include "tests/support/world.hpp"

using namespace nurt;

TEST_CASE("an environment has each name once, with the value that was set last") {
    environment env;
    env.set("A", "1").set("B", "").set("A", "2=3");
    CHECK(env.size() == 2);
    CHECK(env.find("A") == "2=3");
    CHECK(env.find("B") == "");
    CHECK_FALSE(env.find("C"));
    CHECK_FALSE(env.remove("A").find("A"));
}

TEST_CASE("the current environment is a copy") {
    ::setenv("NURT_TEST_VARIABLE", "before", 1);
    environment env = environment::current();
    CHECK(env.find("NURT_TEST_VARIABLE") == "before");
    env.set("NURT_TEST_VARIABLE", "after");
    CHECK(std::getenv("NURT_TEST_VARIABLE") == std::string_view("before"));
    ::unsetenv("NURT_TEST_VARIABLE");
}

TEST_CASE("a variable has a name without '=', and no zero byte") {
    environment env;
    CHECK_THROWS_AS(env.set("", "1"), usage_error);
    CHECK_THROWS_AS(env.set("A=B", "1"), usage_error);
    CHECK_THROWS_AS(env.set("A", std::string_view("1\0", 2)), usage_error);
    CHECK(env.size() == 0);
}

TEST_CASE("arguments are words of any kind, or a vector of them") {
    const std::string word = "b";
    CHECK((arguments{"a", word, std::string_view("c")}.all() ==
           std::vector<std::string>{"a", "b", "c"}));
    CHECK((arguments(std::vector<std::string>{"x"}).all() == std::vector<std::string>{"x"}));
    CHECK(arguments().all().empty());
}

TEST_CASE("a simulation has no processes") {
    nurt_test::in_task([]() -> coro<> {
        std::string refusal;
        try {
            co_await create_subprocess_exec("true");
        } catch (const usage_error& e) {
            refusal = e.what();
        }
        CHECK(refusal == "spawn true: there are no processes in a simulation");
    });
}

TEST_CASE("a zero byte in an argument is refused, and does not cut it off") {
    const std::string_view cut("a\0b", 3);
    CHECK_THROWS_AS((void)create_subprocess_exec("echo", {cut}), usage_error);
}
