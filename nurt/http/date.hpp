// SPDX-License-Identifier: MIT
// nurt/http/date.hpp: dates as HTTP writes them.
//
// Source: RFC 9110 section 5.6.7, the form that senders must use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nurt::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" for a number of seconds since 1970. Years 0 to 9999; what is
// outside becomes the nearest of them.
std::string http_date(std::int64_t unix_seconds);

// The Date field of the current second, written anew only when the second has changed.
class date_cache {
public:
    // "Date: Sun, 06 Nov 1994 08:49:37 GMT" with its line end; valid until the next call.
    std::string_view line(std::int64_t unix_seconds) noexcept {
        if (unix_seconds != second_) render(unix_seconds);
        return {text_, sizeof text_};
    }

private:
    void render(std::int64_t unix_seconds) noexcept;

    std::int64_t second_ = INT64_MIN;
    char text_[37] = {};
};

}  // namespace nurt::http
