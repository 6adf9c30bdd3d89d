// SPDX-License-Identifier: MIT
// tests/base/intrusive_list_test.cpp: lists whose links live in their elements.
#include <doctest/doctest.h>

#include <vector>

#include "nurt/base/intrusive_list.hpp"

namespace {

struct item : nurt::list_link {
    explicit item(int n) : number(n) {}
    int number;
};

using list = nurt::intrusive_list<item>;

std::vector<int> numbers(list& l) {
    std::vector<int> out;
    for (item* i = l.front(); i != nullptr; i = l.next(*i)) out.push_back(i->number);
    return out;
}

using ints = std::vector<int>;

}  // namespace

TEST_CASE("a list is first in first out, and takes elements at its front") {
    list l;
    item a(1), b(2), c(3);
    l.push_back(a);
    l.push_back(b);
    l.push_front(c);
    CHECK(numbers(l) == ints{3, 1, 2});
    CHECK(l.back() == &b);
    CHECK(l.pop_front() == &c);
    CHECK(l.pop_front() == &a);
    CHECK(l.pop_front() == &b);
    CHECK(l.pop_front() == nullptr);
    CHECK(l.empty());
}

TEST_CASE("an empty list has neither front nor back") {
    list l;
    CHECK(l.empty());
    CHECK(l.front() == nullptr);
    CHECK(l.back() == nullptr);
}

TEST_CASE("an element leaves from the middle, knows whether it is linked, and may come back") {
    list l;
    item a(1), b(2), c(3);
    for (item* i : {&a, &b, &c}) l.push_back(*i);
    CHECK(b.linked());
    b.unlink();
    CHECK_FALSE(b.linked());
    CHECK(numbers(l) == ints{1, 3});
    l.push_back(b);
    CHECK(numbers(l) == ints{1, 3, 2});
}

TEST_CASE("splice_back moves all elements and leaves the other list empty and usable") {
    list l, other, none;
    item a(1), b(2), c(3), d(4);
    l.push_back(a);
    other.push_back(b);
    other.push_back(c);
    l.splice_back(other);
    l.splice_back(none);
    CHECK(numbers(l) == ints{1, 2, 3});
    CHECK(other.empty());
    other.push_back(d);
    CHECK(numbers(other) == ints{4});
    c.unlink();
    CHECK(numbers(l) == ints{1, 2});
}
