// SPDX-License-Identifier: MIT
// nurt/base/time.hpp: lengths of time and points in time.
//
// Every std::chrono type converts to these without this file including <chrono>, which costs a
// translation unit half a second. Both count nanoseconds in 64 bits (292 years), saturate instead
// of overflowing and round up, so that nothing fires early.
#pragma once

#include <compare>
#include <cstdint>

namespace nurt {

namespace detail {

template <class D>
concept chrono_duration = requires(D d) {
    typename D::rep;
    D::period::num;
    D::period::den;
    d.count();
};

template <class P>
concept chrono_time_point = requires(P p) {
    typename P::clock;
    requires P::clock::is_steady;
    { p.time_since_epoch() } -> chrono_duration;
};

constexpr std::int64_t saturate(std::int64_t max, long double value, bool up);
[[noreturn]] void throw_not_a_number();

}  // namespace detail

// A length of time in nanoseconds. duration::max() means "for ever".
// A value that is not a number throws std::invalid_argument.
class duration {
public:
    constexpr duration() = default;

    template <detail::chrono_duration D>
    constexpr duration(D d) : ns_(from(d)) {}  // implicit: any std::chrono duration

    static constexpr duration nanoseconds(std::int64_t n) { return duration(n, raw{}); }
    static constexpr duration zero() { return {}; }
    static constexpr duration max() { return duration(INT64_MAX, raw{}); }

    constexpr std::int64_t count() const { return ns_; }  // nanoseconds
    constexpr double seconds() const { return static_cast<double>(ns_) / 1e9; }
    constexpr auto operator<=>(const duration&) const = default;

    constexpr duration operator+(duration other) const {
        std::int64_t sum = 0;
        if (__builtin_add_overflow(ns_, other.ns_, &sum)) {
            return duration(other.ns_ > 0 ? INT64_MAX : INT64_MIN, raw{});
        }
        return duration(sum, raw{});
    }
    constexpr duration operator-(duration other) const {
        std::int64_t difference = 0;
        if (__builtin_sub_overflow(ns_, other.ns_, &difference)) {
            return duration(other.ns_ < 0 ? INT64_MAX : INT64_MIN, raw{});
        }
        return duration(difference, raw{});
    }
    constexpr duration operator*(std::int64_t factor) const {
        std::int64_t product = 0;
        if (__builtin_mul_overflow(ns_, factor, &product)) {
            return duration((ns_ < 0) == (factor < 0) ? INT64_MAX : INT64_MIN, raw{});
        }
        return duration(product, raw{});
    }

private:
    struct raw {};
    constexpr duration(std::int64_t ns, raw) : ns_(ns) {}

    template <class D>
    static constexpr std::int64_t from(D d);

    std::int64_t ns_ = 0;
};

constexpr duration hours(double n);
constexpr duration minutes(double n);
constexpr duration seconds(double n);
constexpr duration milliseconds(double n);
constexpr duration microseconds(double n);
constexpr duration nanoseconds(std::int64_t n) {
    return duration::nanoseconds(n);
}

// A point on a loop's clock, which only moves forward: nanoseconds since an arbitrary start.
// std::chrono::steady_clock::time_point converts. instant::never() is later than every other.
class instant {
public:
    constexpr instant() = default;

    template <detail::chrono_time_point P>
    constexpr instant(P p) : since_(p.time_since_epoch()) {}

    static constexpr instant from(std::int64_t ns) { return instant(duration::nanoseconds(ns)); }
    static constexpr instant never() { return instant(duration::max()); }

    constexpr std::int64_t count() const { return since_.count(); }  // nanoseconds
    constexpr double seconds() const { return since_.seconds(); }
    constexpr auto operator<=>(const instant&) const = default;
    constexpr instant operator+(duration d) const { return instant(since_ + d); }
    constexpr instant operator-(duration d) const { return instant(since_ - d); }
    constexpr duration operator-(instant other) const { return since_ - other.since_; }

private:
    constexpr explicit instant(duration since) : since_(since) {}

    duration since_;
};

// Implementation

constexpr std::int64_t detail::saturate(std::int64_t max, long double value, bool up) {
    if (value != value) {
        throw_not_a_number();
    }
    if (value >= static_cast<long double>(max)) {
        return max;
    }
    if (value <= -static_cast<long double>(max)) {
        return -max - 1;
    }
    auto whole = static_cast<std::int64_t>(value);
    return up && static_cast<long double>(whole) < value ? whole + 1 : whole;
}

template <class D>
constexpr std::int64_t duration::from(D d) {
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t num = D::period::num;
    constexpr std::int64_t den = D::period::den;
    const auto count = d.count();
    if constexpr (requires { count % 2; }) {  // an integer: exact where the units divide
        if constexpr (second % den == 0) {
            std::int64_t ns = 0;
            if (__builtin_mul_overflow(count, num * (second / den), &ns)) {
                return count < 0 ? INT64_MIN : INT64_MAX;
            }
            return ns;
        }
    }
    return detail::saturate(INT64_MAX, static_cast<long double>(count) * num * second / den, true);
}

constexpr duration seconds(double n) {
    return duration::nanoseconds(
        detail::saturate(INT64_MAX, static_cast<long double>(n) * 1e9L, true));
}
constexpr duration hours(double n) {
    return seconds(n * 3600);
}
constexpr duration minutes(double n) {
    return seconds(n * 60);
}
constexpr duration milliseconds(double n) {
    return duration::nanoseconds(
        detail::saturate(INT64_MAX, static_cast<long double>(n) * 1e6L, true));
}
constexpr duration microseconds(double n) {
    return duration::nanoseconds(
        detail::saturate(INT64_MAX, static_cast<long double>(n) * 1e3L, true));
}

}  // namespace nurt
