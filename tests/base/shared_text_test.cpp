// SPDX-License-Identifier: MIT
// tests/base/shared_text_test.cpp: texts that are shared instead of copied.
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "nurt/base/shared_text.hpp"

using nurt::shared_text;

TEST_CASE("nothing, null and the empty string are the empty text") {
    CHECK(shared_text().empty());
    CHECK(shared_text(nullptr).empty());
    CHECK(shared_text("").empty());
    CHECK(std::string(shared_text().c_str()).empty());
    CHECK(shared_text().size() == 0);
}

TEST_CASE("a copy refers to the same characters") {
    const shared_text a("hello");
    const shared_text b = a;
    CHECK(b.c_str() == a.c_str());
    CHECK(b.size() == 5);
}

TEST_CASE("the characters are copied from the source") {
    std::string source = "abc";
    const shared_text t(source.c_str());
    source[0] = 'X';
    CHECK(std::string(t.c_str()) == "abc");
}

TEST_CASE("a part of a text is terminated") {
    const shared_text t("abcdef", 3);
    CHECK(std::string(t.c_str()) == "abc");
}

TEST_CASE("moving leaves the empty text, assignment to itself changes nothing") {
    shared_text a("one");
    shared_text b = std::move(a);
    CHECK(a.empty());
    const shared_text& same = b;
    b = same;
    CHECK(std::string(b.c_str()) == "one");
    b = shared_text("two");
    CHECK(std::string(b.c_str()) == "two");
}

TEST_CASE("copies may be dropped in different threads") {
    const shared_text t("shared");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([t] {
            for (int n = 0; n < 10'000; ++n) const shared_text copy = t;
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(std::string(t.c_str()) == "shared");
}
