// SPDX-License-Identifier: MIT
// tests/traps/tracked.hpp: an object that notices what a miscompiled coroutine does to it.
//
// It knows its own address, so a bitwise copy is seen, and a second destruction as well. A `watch` around
// a test expects that everything born in between has died once. The memory of a dead object is marked, not
// trusted: it is still read, which is fine here because frames of these tests live on past the check.
#pragma once

#include <doctest/doctest.h>

#include <utility>

namespace traps {

struct counters {
    int born = 0;
    int died = 0;
    int damaged = 0;
};

inline counters counted;

class tracked {
public:
    explicit tracked(int value) : value_(value), self_(this) { ++counted.born; }
    tracked(const tracked& other) : value_(other.value()), self_(this) { ++counted.born; }
    tracked(tracked&& other) noexcept : value_(other.value()), self_(this) { ++counted.born; }
    tracked& operator=(const tracked& other) {
        value_ = other.value();
        return *this;
    }
    ~tracked() {
        ++counted.died;
        if (self_ != this) ++counted.damaged;
        self_ = nullptr;
    }

    int value() const {
        if (self_ != this) ++counted.damaged;
        return value_;
    }

private:
    int value_;
    const volatile void* self_;
};

class watch {
public:
    watch() { counted = {}; }
    watch(const watch&) = delete;
    ~watch() {
        CHECK(counted.born == counted.died);
        CHECK(counted.damaged == 0);
        CHECK(counted.born > 0);
    }
};

}  // namespace traps
