// SPDX-License-Identifier: MIT
// examples/lecture_2_2_concurrent_requests.cpp: three requests at the same time, drawn to scale.
//
// Run `nurt httpbin` first, or give another httpbin's URL.
#include <nurt/http/client.hpp>
#include <nurt/nurt.hpp>

#include <cmath>
#include <cstdio>
#include <string>

struct measured {
    const char* name;
    double seconds;
    int status;
};

nurt::coro<measured> get_current_temp(nurt::http::client& client, const char* name, int delay) {
    const auto response = co_await client.get("/delay/" + std::to_string(delay));
    co_return measured{name, response.elapsed().seconds(), response.status()};
}

void draw(const measured& request, double longest) {
    const auto dashes = static_cast<std::size_t>(std::lround(21 * request.seconds / longest));
    const std::string half(dashes, '-');
    std::printf("%-8s %sI/O NET%s> %d\n", request.name, half.c_str(), half.c_str(), request.status);
}

nurt::coro<void> draw_all(std::string base_url) {
    nurt::http::client client(nurt::http::client_options().base_url(base_url));
    const auto [warsaw, radom, lublin] = co_await nurt::gather(
        get_current_temp(client, "<warsaw>", 1), get_current_temp(client, "<radom>", 2),
        get_current_temp(client, "<lublin>", 3));
    draw(warsaw, lublin.seconds);
    draw(radom, lublin.seconds);
    draw(lublin, lublin.seconds);
}

int main(int argc, char** argv) {
    nurt::run(draw_all(argc > 1 ? argv[1] : "http://127.0.0.1:8000"));
}

// prints:
// <warsaw> -------I/O NET-------> 200
// <radom>  --------------I/O NET--------------> 200
// <lublin> ---------------------I/O NET---------------------> 200
