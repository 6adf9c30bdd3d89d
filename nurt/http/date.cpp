// SPDX-License-Identifier: MIT
// nurt/http/date.cpp: a civil date from a count of seconds.
#include "nurt/http/date.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace nurt::http {

namespace {

constexpr std::int64_t day_seconds = 86400;
constexpr std::int64_t first_second = -62167219200;  // 0000-01-01 00:00:00
constexpr std::int64_t last_second = 253402300799;   // 9999-12-31 23:59:59
constexpr std::size_t date_size = 29;

struct civil {
    std::int64_t year;
    std::int64_t month;  // 0-11
    std::int64_t day;    // 1-31
};

// Counts in years that begin in March, so that the leap day is the last one, from 0000-03-01.
civil civil_from_days(std::int64_t days) noexcept {
    constexpr std::int64_t days_to_1970 = 719468;
    constexpr std::int64_t days_of_era = 146097;  // 400 years
    const std::int64_t count = days + days_to_1970;
    const std::int64_t era = (count >= 0 ? count : count - days_of_era + 1) / days_of_era;
    const std::int64_t in_era = count - era * days_of_era;
    const std::int64_t year_of_era =
        (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    const std::int64_t in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t from_march = (5 * in_year + 2) / 153;
    const std::int64_t month = (from_march + 2) % 12;
    const std::int64_t year = year_of_era + era * 400 + (month < 2 ? 1 : 0);
    return {year, month, in_year - (153 * from_march + 2) / 5 + 1};
}

void write_number(char* at, std::int64_t number, int digits) noexcept {
    for (int i = digits - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

void write_date(char* at, std::int64_t seconds) noexcept {
    static constexpr char pattern[] = "Thu, 01 Jan 1970 00:00:00 GMT";
    static constexpr char days[] = "ThuFriSatSunMonTueWed";
    static constexpr char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    seconds = std::clamp(seconds, first_second, last_second);
    const std::int64_t in_day = ((seconds % day_seconds) + day_seconds) % day_seconds;
    const std::int64_t day = (seconds - in_day) / day_seconds;
    const civil date = civil_from_days(day);
    std::memcpy(at, pattern, date_size);
    std::memcpy(at, days + 3 * (((day % 7) + 7) % 7), 3);
    write_number(at + 5, date.day, 2);
    std::memcpy(at + 8, months + 3 * date.month, 3);
    write_number(at + 12, date.year, 4);
    write_number(at + 17, in_day / 3600, 2);
    write_number(at + 20, in_day / 60 % 60, 2);
    write_number(at + 23, in_day % 60, 2);
}

}  // namespace

std::string http_date(std::int64_t unix_seconds) {
    std::string text(date_size, ' ');
    write_date(text.data(), unix_seconds);
    return text;
}

void date_cache::render(std::int64_t unix_seconds) noexcept {
    std::memcpy(text_, "Date: ", 6);
    write_date(text_ + 6, unix_seconds);
    std::memcpy(text_ + 6 + date_size, "\r\n", 2);
    second_ = unix_seconds;
}

}  // namespace nurt::http
