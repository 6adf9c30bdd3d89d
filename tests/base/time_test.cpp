// SPDX-License-Identifier: MIT
// tests/base/time_test.cpp: durations and instants convert, saturate and round up.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <ratio>
#include <stdexcept>

#include "nurt/base/time.hpp"

using namespace std::chrono_literals;
using nurt::duration;
using nurt::instant;

namespace {

std::int64_t ns(duration d) {
    return d.count();
}

}  // namespace

TEST_CASE("every unit of chrono converts exactly") {
    CHECK(ns(1ns) == 1);
    CHECK(ns(1us) == 1'000);
    CHECK(ns(1ms) == 1'000'000);
    CHECK(ns(1s) == 1'000'000'000);
    CHECK(ns(1min) == 60'000'000'000);
    CHECK(ns(1h) == 3'600'000'000'000);
    CHECK(ns(-3ms) == -3'000'000);
    CHECK(ns(std::chrono::days(2)) == 172'800'000'000'000);
    static_assert(duration(2s) == nurt::seconds(2));
}

TEST_CASE("units finer than a nanosecond round up, so that nothing fires early") {
    using picoseconds = std::chrono::duration<std::int64_t, std::pico>;
    CHECK(ns(picoseconds(1)) == 1);
    CHECK(ns(picoseconds(1000)) == 1);
    CHECK(ns(picoseconds(1001)) == 2);
    CHECK(ns(picoseconds(-1)) == 0);
    CHECK(ns(picoseconds(-1999)) == -1);
}

TEST_CASE("odd units and fractions round up") {
    using thirds = std::chrono::duration<std::int64_t, std::ratio<1, 3>>;
    CHECK(ns(thirds(1)) == 333'333'334);
    CHECK(ns(thirds(3)) == 1'000'000'000);
    CHECK(ns(std::chrono::duration<double>(0.1)) >= 100'000'000);
    CHECK(ns(std::chrono::duration<double>(0.1)) <= 100'000'001);
    CHECK(ns(std::chrono::duration<double, std::nano>(0.25)) == 1);
    CHECK(ns(nurt::seconds(0.5)) == 500'000'000);
    CHECK(ns(nurt::milliseconds(0.0001)) >= 100);
    CHECK(ns(nurt::microseconds(1.5)) == 1500);
    CHECK(ns(nurt::minutes(1.5)) == 90'000'000'000);
    CHECK(ns(nurt::hours(0.5)) == 1'800'000'000'000);
}

TEST_CASE("what does not fit saturates") {
    CHECK(duration(std::chrono::hours::max()) == duration::max());
    CHECK(ns(std::chrono::hours::min()) == INT64_MIN);
    CHECK(nurt::seconds(1e300) == duration::max());
    CHECK(ns(nurt::seconds(-1e300)) == INT64_MIN);
    CHECK(nurt::seconds(std::numeric_limits<double>::infinity()) == duration::max());
    CHECK(ns(nurt::hours(-std::numeric_limits<double>::infinity())) == INT64_MIN);
    CHECK(duration(std::chrono::nanoseconds::max()) == duration::max());
    CHECK(duration(std::chrono::duration<std::uint64_t, std::nano>(UINT64_MAX)) == duration::max());
}

TEST_CASE("arithmetic saturates in both directions") {
    const duration most = duration::max();
    const duration least = duration::nanoseconds(INT64_MIN);
    CHECK(most + 1ns == most);
    CHECK(least + duration(-1ns) == least);
    CHECK(most - duration(-1ns) == most);
    CHECK(least - duration(1ns) == least);
    CHECK(duration::zero() - least == most);
    CHECK(most * 2 == most);
    CHECK(most * -2 == least);
    CHECK(least * -1 == most);
    CHECK(duration(2s) * 3 == 6s);
    CHECK(duration(5s) - 7s == duration(-2s));
}

TEST_CASE("a duration that is not a number is refused") {
    const double nan = std::nan("");
    CHECK_THROWS_AS(nurt::seconds(nan), std::invalid_argument);
    CHECK_THROWS_AS(nurt::milliseconds(nan), std::invalid_argument);
    CHECK_THROWS_AS(nurt::hours(nan), std::invalid_argument);
    CHECK_THROWS_AS(duration(std::chrono::duration<double>(nan)), std::invalid_argument);
    CHECK_THROWS_AS(duration(std::chrono::duration<float, std::milli>(std::nanf(""))),
                    std::invalid_argument);
}

TEST_CASE("instants convert from the steady clock, and never is later than all others") {
    const std::chrono::steady_clock::time_point point(12'345ns);
    CHECK(instant(point).count() == 12'345);
    CHECK(instant::never() > instant(point));
    CHECK(instant::from(5) + 1s > instant::from(5));
    CHECK(instant(point) + duration::max() == instant::never());
    CHECK(instant::never() + 1s == instant::never());
    CHECK(instant::from(7) - instant::from(3) == 4ns);
    CHECK(instant::from(INT64_MIN) - instant::from(1) == duration::nanoseconds(INT64_MIN));
    static_assert(!std::is_convertible_v<std::chrono::system_clock::time_point, instant>);
}

TEST_CASE("seconds() gives a length as a number") {
    CHECK(duration(1500ms).seconds() == doctest::Approx(1.5));
    CHECK(instant::from(2'500'000'000).seconds() == doctest::Approx(2.5));
}
