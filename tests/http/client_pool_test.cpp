// SPDX-License-Identifier: MIT
// Which connections a client keeps, and who waits for which.
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/client_transport.hpp"
#include "nurt/http/errors.hpp"
#include "tests/http/scripted_server.hpp"

#include <cerrno>

namespace http = nurt::http;
using http::client;
using http::client_options;
using nurt::coro;
using nurt::seconds;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::ok;
using nurt_test::scripted_server;

namespace {

const std::string url = "http://127.0.0.1/a";

client limited(std::uint32_t connections, std::uint32_t per_host) {
    return client(client_options().limits({.connections = connections, .per_host = per_host}));
}

coro<void> get(client& c, std::string where, std::string& order, char name) {
    co_await c.get(where);
    order += name;
}

// As if the process could have so many connections at once and no more.
class poor_transport final : public http::client_transport {
public:
    poor_transport(nurt::server& server, std::size_t most) : server_(server), most_(most) {}

    coro<nurt::stream> connect(http::connect_request& to) override {
        if (server_.connections() + connecting_ >= most_) {
            ++refused;
            throw nurt::os_error(EMFILE, "connect " + to.host);
        }
        ++connecting_;
        nurt::stream made = co_await nurt::connect(to.host, to.port);
        co_await nurt::sleep(nurt::milliseconds(1));  // accepted by now
        --connecting_;
        co_return made;
    }

    int refused = 0;

private:
    nurt::server& server_;
    std::size_t most_;
    std::size_t connecting_ = 0;
};

nurt::instant now() {
    return nurt::event_loop::running().time();
}

}  // namespace

TEST_CASE("requests one after the other share a connection") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start();
        client c;
        for (int i = 0; i < 5; ++i) co_await c.get(url);
        CHECK(script.connections == 1);
        CHECK(c.statistics().idle == 1);
    });
}

TEST_CASE("a connection is closed after its idle time") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        co_await nurt::sleep(seconds(29));
        CHECK(c.statistics().idle == 1);
        co_await nurt::sleep(seconds(2));
        CHECK(c.statistics().open == 0);
        CHECK(c.statistics().origins == 0);
    });
}

TEST_CASE("using a connection begins its idle time anew") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start();
        client c;
        for (int i = 0; i < 4; ++i) {
            co_await c.get(url);
            co_await nurt::sleep(seconds(20));
        }
        CHECK(script.connections == 1);
    });
}

TEST_CASE("a connection that its server closes is forgotten at once") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x") + "<close>"});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        co_await nurt::sleep(seconds(1));
        CHECK(c.statistics().open == 0);
        const auto r = co_await c.post(url);  // which could not be repeated
        CHECK(r.text() == "x");
    });
}

TEST_CASE("bytes nobody asked for end a connection") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x") + ok("smuggled"), ok("y")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        const auto r = co_await c.get(url);
        CHECK(r.text() == "y");
        CHECK(script.connections == 2);
    });
}

TEST_CASE("a server that says close is believed") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x", "Connection: close\r\n")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("the client may say close too") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url).header("Connection", "close");
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("a kept connection that dies unanswered is replaced, once, for an idempotent request") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x"), "<close>", ok("y")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        const auto r = co_await c.get(url);
        CHECK(r.text() == "y");
        CHECK(script.requests.size() == 3);
    });
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x"), "<close>"});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        co_await error_of<http::read_error>(c.get(url).send());
        CHECK(script.requests.size() == 3);
    });
}

TEST_CASE("a post is never repeated") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x"), "<close>", ok("y")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        co_await error_of<http::read_error>(c.post(url).send());
        CHECK(script.requests.size() == 2);
    });
}

TEST_CASE("a request that was answered in part is never repeated") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x"), "HTTP/1.1 200<close>", ok("y")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url);
        co_await error_of<http::read_error>(c.get(url).send());
        CHECK(script.requests.size() == 2);
    });
}

TEST_CASE("requests over the limit of a host wait for their turn, first come first served") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = seconds(1);
        auto server = co_await script.start();
        client c = limited(100, 2);
        std::string order;
        const auto start = now();
        std::vector<nurt::task<>> tasks;
        for (const char name : {'a', 'b', 'c', 'd', 'e', 'f'}) {
            tasks.push_back(nurt::create_task(get(c, url, order, name)));
        }
        co_await nurt::sleep(seconds(0.5));
        CHECK(c.statistics().open == 2);
        CHECK(c.statistics().waiting == 4);
        for (auto& t : tasks) co_await t;
        // Two at a time; which of two is first is up to the network.
        for (const std::size_t at : {0U, 2U, 4U}) {
            if (order.at(at) > order.at(at + 1)) std::swap(order[at], order[at + 1]);
        }
        CHECK(order == "abcdef");
        CHECK(now() - start == seconds(3));
        CHECK(script.connections == 2);
    });
}

TEST_CASE("a cancelled request leaves the queue and nobody is skipped") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = seconds(1);
        auto server = co_await script.start();
        client c = limited(100, 1);
        std::string order;
        auto a = nurt::create_task(get(c, url, order, 'a'));
        auto b = nurt::create_task(get(c, url, order, 'b'));
        auto d = nurt::create_task(get(c, url, order, 'd'));
        co_await nurt::sleep(seconds(0.5));
        b.cancel();
        co_await d;
        CHECK(order == "ad");
        CHECK(c.statistics().waiting == 0);
        CHECK(c.statistics().open == 1);
    });
}

TEST_CASE("an idle connection makes room for one to another host") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto one = co_await script.start(80);
        auto two = co_await script.start(81);
        client c = limited(1, 1);
        co_await c.get(url);
        co_await c.get("http://127.0.0.1:81/");
        CHECK(c.statistics().open == 1);
        CHECK(c.statistics().origins == 1);
    });
}

TEST_CASE("a busy host does not keep the others waiting") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = seconds(1);
        auto one = co_await script.start(80);
        auto two = co_await script.start(81);
        client c = limited(1, 1);
        std::string order;
        std::vector<nurt::task<>> tasks;
        for (const char name : {'a', 'b'}) {
            tasks.push_back(nurt::create_task(get(c, url, order, name)));
        }
        tasks.push_back(nurt::create_task(get(c, "http://127.0.0.1:81/", order, 'X')));
        for (const char name : {'c', 'd'}) {
            tasks.push_back(nurt::create_task(get(c, url, order, name)));
        }
        for (auto& t : tasks) co_await t;
        CHECK(order == "abXcd");
    });
}

TEST_CASE("waiting for a connection has a limit of its own") {
    in_sim([]() -> coro<void> {
        scripted_server script({"<hang>"});
        auto server = co_await script.start();
        client c = limited(1, 1);
        std::string order;
        auto first = nurt::create_task(get(c, url, order, 'a'));
        co_await nurt::sleep(seconds(1));
        const auto e =
            co_await error_of<http::pool_timeout>(c.get(url).timeouts({.pool = seconds(2)}).send());
        CHECK(std::string(e.what()) ==
              "GET http://127.0.0.1/a: no connection became free within 2 s");
        first.cancel();
        co_await nurt::sleep(seconds(1));
        CHECK(c.statistics().open == 0);
        CHECK(c.statistics().waiting == 0);
    });
}

TEST_CASE("closing a client refuses who waits and lets end what runs") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = seconds(1);
        auto server = co_await script.start();
        client c = limited(1, 1);
        std::string order;
        auto running = nurt::create_task(get(c, url, order, 'a'));
        auto waiting = nurt::create_task(get(c, url, order, 'b'));
        co_await nurt::sleep(seconds(0.5));
        c.close();
        co_await running;
        CHECK(order == "a");
        CHECK_THROWS_AS(waiting.result(), nurt::usage_error);
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("a request that has begun outlives its client, a later one is refused") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = seconds(1);
        auto server = co_await script.start();
        auto c = std::make_unique<client>();
        auto begun = nurt::create_task(c->get(url));
        co_await nurt::sleep(seconds(0.5));
        auto late = nurt::create_task(c->get(url));
        c.reset();
        const auto& r = co_await begun;
        CHECK(r.text() == "x");
        CHECK_THROWS_AS(late.result(), nurt::usage_error);
    });
}

TEST_CASE("a client may outlive its loop, and serve another one") {
    client c;
    for (int i = 0; i < 2; ++i) {
        in_sim([&c]() -> coro<void> {
            scripted_server script({ok("x")});
            auto server = co_await script.start();
            const auto r = co_await c.get(url);
            CHECK(r.text() == "x");
            CHECK(c.statistics().idle == 1);
        });
        CHECK(c.statistics().open == 0);
    }
}

TEST_CASE("without free descriptors requests wait for each other") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = seconds(1);
        auto server = co_await script.start();
        auto poor = std::make_shared<poor_transport>(server, 3);
        client c(client_options().transport(poor));
        std::string order;
        std::vector<nurt::task<>> tasks;
        for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'}) {
            tasks.push_back(nurt::create_task(get(c, url, order, name)));
        }
        for (auto& t : tasks) co_await t;
        CHECK(order.size() == 9);
        CHECK(poor->refused > 0);
        CHECK(script.connections == 3);
    });
}

TEST_CASE("without any descriptor a request fails and says so") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start();
        client c(client_options().transport(std::make_shared<poor_transport>(server, 0)));
        const auto e = co_await error_of<http::connect_error>(c.get(url).send());
        CHECK(std::string(e.what()) ==
              "GET http://127.0.0.1/a: connect 127.0.0.1: Too many open files");
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("ten thousand requests through ten connections") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = nurt::milliseconds(1);
        auto server = co_await script.start();
        client c;
        std::string order;
        std::vector<nurt::task<>> tasks;
        for (int i = 0; i < 10'000; ++i) {
            tasks.push_back(nurt::create_task(get(c, url, order, 'x')));
        }
        for (auto& t : tasks) co_await t;
        CHECK(order.size() == 10'000);
        CHECK(script.connections == 10);
    });
}
