// SPDX-License-Identifier: MIT
// examples/lecture_2_1_sequential_requests.cpp: a program that waits for one answer after another.
//
// Run `nurt httpbin` first, or give another httpbin's URL. While a request is under way the processor
// has nothing to do: a second is three billion cycles of it.
#include <nurt/http/blocking.hpp>

#include <cstdio>
#include <string>

std::string weather_service = "http://127.0.0.1:8000";

nurt::http::response get_current_temp(const std::string& city_name) {
    return nurt::http::get(weather_service + "/get?cityName=" + city_name);
}

int main(int argc, char** argv) {
    if (argc > 1) weather_service = argv[1];
    const auto warsaw_temp = get_current_temp("Warsaw");
    const auto radom_temp = get_current_temp("Radom");
    const auto lublin_temp = get_current_temp("Lublin");
    for (const auto* each : {&warsaw_temp, &radom_temp, &lublin_temp}) {
        const auto city = each->json()["args"]["cityName"].as_string();
        std::printf("%s: %d\n", std::string(city).c_str(), each->status());
    }
}

// prints:
// Warsaw: 200
// Radom: 200
// Lublin: 200
