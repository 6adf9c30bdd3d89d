// SPDX-License-Identifier: MIT
// bench/nurt_client.cpp: what a request costs the HTTP client.
//
//     nurt_client seq PORT N        N requests, one after another, on a kept connection
//     nurt_client fan PORT N MS     N at once, each answered after MS milliseconds
//
// The server is bench_delay_server. Prints one JSON line, as peers/raw/http_client.c does.
#include <bench.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/http/client.hpp"

namespace {

nurt::coro<long> ask(nurt::http::client& client, const std::string& url) {
    const auto answer = co_await client.get(url);
    co_return answer.status() == 200 && answer.text() == "ok" ? 1 : 0;
}

nurt::coro<long> one_after_another(std::string url, long n) {
    nurt::http::client client;
    long good = 0;
    for (long i = 0; i < n; ++i) {
        good += co_await ask(client, url);
    }
    co_return good;
}

nurt::coro<long> at_once(std::string url, long n) {
    nurt::http::pool_limits pool;
    pool.connections = pool.per_host = static_cast<std::uint32_t>(n);
    nurt::http::client_options options;
    options.limits(pool);
    nurt::http::client client(std::move(options));
    std::vector<nurt::coro<long>> requests;
    for (long i = 0; i < n; ++i) {
        requests.push_back(ask(client, url));
    }
    long good = 0;
    for (long one : co_await nurt::gather(std::move(requests))) {
        good += one;
    }
    co_return good;
}

void report(const char* workload, long n, long good, std::int64_t wall, std::int64_t cpu) {
    const auto requests = static_cast<double>(n);
    const auto wall_us = static_cast<double>(wall) / 1e3;
    const auto cpu_us = static_cast<double>(cpu) / 1e3;
    std::printf(R"({"peer":"nurt","w":"%s","n":%ld,"ok":%ld,"wall_ms":%.2f,"cpu_ms":%.2f,)"
                R"("us_per_req":%.2f,"cpu_us_per_req":%.2f,"peak_kb":%ld})"
                "\n",
                workload, n, good, wall_us / 1e3, cpu_us / 1e3, wall_us / requests,
                cpu_us / requests, bench_peak_kb());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: nurt_client seq PORT N | fan PORT N MS\n", stderr);
        return 2;
    }
    const bool fan = std::string_view(argv[1]) == "fan";
    const long n = std::atol(argv[3]);
    std::string url = std::string("http://127.0.0.1:") + argv[2] + "/delay?ms=";
    url += fan && argc > 4 ? argv[4] : "0";
    const std::int64_t wall = bench_now();
    const std::int64_t cpu = bench_cpu();
    const long good = nurt::run(fan ? at_once(url, n) : one_after_another(url, n));
    report(argv[1], n, good, bench_now() - wall, bench_cpu() - cpu);
    return good == n ? EXIT_SUCCESS : EXIT_FAILURE;
}
