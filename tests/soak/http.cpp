// SPDX-License-Identifier: MIT
// tests/soak/http.cpp: a pool of HTTP connections whose users are cancelled, and its server.
#include "tests/soak/soak.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/server.hpp"

namespace nurt_soak {

namespace {

namespace http = nurt::http;

coro<http::reply> answer(world& w, http::request& request) {
    const std::string body = co_await request.read_all();
    if (w.one_in(4)) {
        co_await nurt::sleep(w.up_to_ms(5));
    }
    co_return body;
}

coro<> ask(world& w, http::client& client, std::uint16_t port) {
    const std::string body = patterned(0, w.below(w.one_in(10) ? 100'000 : 500));
    const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
    auto request = client.post(url).body(body);
    const http::response r = co_await request.send();
    if (r.status() != 200 || r.text() != body) {
        w.wrong("HTTP " + std::to_string(r.status()) + " with another body");
    }
}

coro<> asker(world& w, http::client& client, std::uint16_t port) {
    while (!w.over()) {
        const bool hurried = w.one_in(2);
        const auto limit = hurried ? w.up_to_ms(8) : nurt::seconds(20);
        std::string_view how = "HTTP: done";
        try {
            co_await nurt::wait_for(ask(w, client, port), limit);
        } catch (const nurt::timeout_error& e) {
            how = "HTTP: timeout";
            if (!hurried) {
                w.wrong("HTTP: no answer in 20 s");
            }
        } catch (const http::transport_error&) {
            how = "HTTP: failed";
        }
        w.did(how);
        if (how != "HTTP: done") {
            co_await nurt::sleep(nurt::milliseconds(1));  // what fails at once would keep the loop
        }
    }
}

}  // namespace

coro<> http_crowd(world& w, nurt::task_group&) {
    w.require("HTTP: done");
    w.expect("HTTP: timeout");
    while (!w.over()) {
        http::client client;
        auto handler = [&w](http::request& request) { return answer(w, request); };
        std::optional<http::server> server;
        try {
            server.emplace(co_await http::start_server(handler, "127.0.0.1", 0));
        } catch (const nurt::os_error&) {
            w.did("HTTP: server not started");
        }
        if (!server) {
            co_await nurt::sleep(nurt::milliseconds(10));
            continue;
        }
        const auto until = nurt::event_loop::running().time() + w.up_to_ms(4000);
        auto round = [&](nurt::task_group& all) -> coro<> {
            for (int i = 0; i < 8; ++i) {
                all.create_task(asker(w, client, server->port()), "asker").detach();
            }
            co_await nurt::sleep_until(until);
            all.cancel();
        };
        co_await nurt::with(nurt::task_group(), round);
        if (client.statistics().open != client.statistics().idle) {
            w.wrong("a connection was lost to the pool");
        }
        const bool gentle = co_await server->stop(w.up_to_ms(20));
        w.did(gentle ? "HTTP: server stopped" : "HTTP: server stopped by force");
    }
}

}  // namespace nurt_soak
