// SPDX-License-Identifier: MIT
// nurt/http/detail/service.cpp: see the header.
#include "nurt/http/detail/service.hpp"

#include "nurt/http/detail/connection.hpp"

#include <chrono>

namespace nurt::http::detail {

void date_source::look(event_loop& loop) noexcept {
    constexpr std::int64_t second = 1'000'000'000;
    const instant now = loop.cached_time();
    std::int64_t since_1970 = 784'111'777 * second + now.count();  // the example of RFC 9110
    if (!loop.parts().clock->simulated()) {
        const auto today = std::chrono::system_clock::now().time_since_epoch();
        since_1970 = std::chrono::duration_cast<std::chrono::nanoseconds>(today).count();
    }
    second_ = since_1970 / second;
    next_look_ = now + duration::nanoseconds(second - since_1970 % second);
}

handshake::handshake(service& shared) : service_(shared), task_(current_task()) {
    service_.handshakes.push_back(*this);
    ++service_.statistics.connections;
}

handshake::~handshake() {
    unlink();
    --service_.statistics.connections;
}

// Telling everybody costs time for everybody, so it happens only now and then: those who become
// idle later look by themselves.
void service::admit(connection& c, instant now) noexcept {
    connections.push_back(c);
    ++statistics.accepted;
    ++statistics.connections;
    if (crowded() && now - hurried_at > options.keep_alive_crowded) {
        hurried_at = now;
        each([&](connection& other) { other.hurry(now + options.keep_alive_crowded); });
    }
}

}  // namespace nurt::http::detail
