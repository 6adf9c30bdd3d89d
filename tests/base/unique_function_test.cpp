// SPDX-License-Identifier: MIT
// tests/base/unique_function_test.cpp: a callable owned by one place.
#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/unique_function.hpp"

using nurt::unique_function;

namespace {

int twice(int n) {
    return 2 * n;
}

// Counts how many of it are alive, and can be made too large to fit inside.
template <std::size_t Size>
struct counted {
    explicit counted(int& alive) : alive_(&alive) { ++*alive_; }
    counted(const counted& other) : alive_(other.alive_) { ++*alive_; }
    counted(counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
    ~counted() { --*alive_; }
    int operator()() const { return *alive_; }

    int* alive_;
    std::array<char, Size> bulk_{};
};

}  // namespace

TEST_CASE("an empty function says so") {
    unique_function<void()> f;
    CHECK_FALSE(f);
    f = [] {};
    CHECK(f);
    f = nullptr;
    CHECK_FALSE(f);
}

TEST_CASE("it calls functions, lambdas and objects that cannot be copied") {
    unique_function<int(int)> f = twice;
    CHECK(f(4) == 8);
    f = [p = std::make_unique<int>(5)](int n) { return *p + n; };
    CHECK(f(1) == 6);
}

TEST_CASE("arguments and results are moved through") {
    unique_function<std::unique_ptr<int>(std::unique_ptr<int>)> f = [](std::unique_ptr<int> p) {
        ++*p;
        return p;
    };
    CHECK(*f(std::make_unique<int>(1)) == 2);
    unique_function<void(std::string&)> g = [](std::string& s) { s += "!"; };
    std::string text = "hi";
    g(text);
    CHECK(text == "hi!");
}

TEST_CASE_TEMPLATE("what it holds lives exactly once and dies with it", T, counted<1>,
                   counted<100>) {
    int alive = 0;
    {
        unique_function<int()> f{T(alive)};
        CHECK(f() == 1);
        unique_function<int()> g = std::move(f);
        CHECK_FALSE(f);
        CHECK(g() == 1);
        f = std::move(g);
        CHECK(f() == 1);
        f = T(alive);
        CHECK(alive == 1);
        unique_function<int()>& same = f;
        f = std::move(same);
        CHECK(f() == 1);
    }
    CHECK(alive == 0);
}

TEST_CASE("the result of a callable may be ignored, and its exception passes") {
    unique_function<void()> f = [] { return 7; };
    f();
    f = [] { throw std::runtime_error("no"); };
    CHECK_THROWS_WITH(f(), "no");
}
