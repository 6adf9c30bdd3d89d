// SPDX-License-Identifier: MIT
// tests/install/consumer.cpp: a program of a user, with the installed headers and libraries only.
//
// prints:
//   {"sum":3,"error":"GET https://127.0.0.1:1/: connect 127.0.0.1:1: Connection refused"}
#include <cstdio>
#include <string>

#include <nurt/core/gather.hpp>
#include <nurt/core/run.hpp>
#include <nurt/core/sleep.hpp>
#include <nurt/http/client.hpp>
#include <nurt/http/errors.hpp>
#include <nurt/json/value.hpp>
#include <nurt/json/write.hpp>

nurt::coro<int> number(int n) {
    co_return co_await nurt::sleep(nurt::milliseconds(n), n);
}

nurt::coro<int> sum() {
    const auto [a, b] = co_await nurt::gather(number(1), number(2));
    co_return a + b;
}

nurt::coro<std::string> error_of_nobody() {
    nurt::http::client client;
    try {
        co_await client.get("https://127.0.0.1:1/");
    } catch (const nurt::http::connect_error& e) {
        co_return e.what();
    }
    co_return "none";
}

int main() {
    nurt::json::value answer = nurt::json::object();
    answer["sum"] = nurt::run(sum());
    answer["error"] = nurt::run(error_of_nobody());
    std::puts(nurt::json::dump(answer).c_str());
}
