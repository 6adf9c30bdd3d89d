// SPDX-License-Identifier: MIT
// tests/http/server_end_test.cpp: errors, clients that go, servers that stop; on a network.
#include "tests/http/server_support.hpp"

#include "nurt/core/gather.hpp"
#include "nurt/net/server.hpp"
#include "nurt/sim/services.hpp"

#include <string>
#include <vector>

using namespace nurt_test;
using nurt::open_connection;

namespace {

constexpr std::uint16_t port = 8000;

// What became of a handler.
struct traces {
    int began = 0;
    int cancelled = 0;
    int ended = 0;
};

http::handler slow(traces& seen, duration time) {
    return [&seen, time](http::request&) -> coro<http::reply> {
        ++seen.began;
        try {
            co_await nurt::sleep(time);
        } catch (const nurt::cancelled_error&) {
            ++seen.cancelled;
            throw;
        }
        ++seen.ended;
        co_return "done";
    };
}

coro<http::server> serve(http::handler answer, http::server_options options = {}) {
    return http::start_server(std::move(answer), "127.0.0.1", port, options);
}

coro<nurt::stream> ask_on_network(std::string text) {
    nurt::stream s = co_await open_connection("127.0.0.1", port);
    co_await s.write(text);
    co_return s;
}

}  // namespace

TEST_CASE("an error of a handler is answered with 500, reported, and the connection goes on") {
    std::vector<std::string> errors;
    auto body = []() -> coro<> {
        conversation c([](http::request& request) -> coro<http::reply> {
            if (request.path() == "/bad") throw std::runtime_error("inside");
            co_return "fine";
        });
        const std::string answer = co_await c.ask(get("/bad") + get("/good"));
        CHECK(first_line(answer) == "HTTP/1.1 500 Internal Server Error");
        CHECK_FALSE(has(answer, "inside"));
        CHECK(answer.ends_with("fine"));
        c.client.close();
        co_await c.served;
    };
    in_loop(nurt::sim::make_services(), body, &errors);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0] == "unhandled error in the handler of a request");
}

TEST_CASE("a refusal is answered with its own status, and is no error") {
    in_sim([]() -> coro<> {
        conversation c([](http::request&) -> coro<http::reply> {
            throw http::refusal(403, "not for you");
            co_return http::reply();
        });
        const std::string answer = co_await c.ask(get("/"));
        CHECK(first_line(answer) == "HTTP/1.1 403 Forbidden");
        CHECK(body_of(answer) == "not for you\n");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a body of another length than announced never leaves as if it were whole") {
    std::vector<std::string> errors;
    auto body = []() -> coro<> {
        for (const char* text : {"abc", "abcde"}) {
            conversation c([text](http::request&) -> coro<http::reply> {
                http::reply answer;
                answer.header("Content-Length", "4")
                    .stream([text](http::body_writer& out) -> coro<> { co_await out.write(text); });
                co_return answer;
            });
            co_await c.send(get("/"));
            const int error = (co_await error_of<nurt::os_error>(c.client.read_all())).number();
            CHECK(error == ECONNRESET);
            co_await c.served;
        }
        conversation c([](http::request&) -> coro<http::reply> {
            co_return http::reply("abc").header("Content-Length", "4");
        });
        const std::string answer = co_await c.ask(get("/"));
        CHECK(first_line(answer) == "HTTP/1.1 500 Internal Server Error");
        c.client.close();
        co_await c.served;
    };
    in_loop(nurt::sim::make_services(), body, &errors);
    CHECK(errors.size() == 3);
}

TEST_CASE("an error in a streamed body resets the connection") {
    std::vector<std::string> errors;
    auto body = []() -> coro<> {
        conversation c([](http::request&) -> coro<http::reply> {
            http::reply answer;
            answer.stream([](http::body_writer& out) -> coro<> {
                co_await out.write("begun");
                throw std::runtime_error("inside");
            });
            co_return answer;
        });
        co_await c.send(get("/"));
        const int error = (co_await error_of<nurt::os_error>(c.client.read_all())).number();
        CHECK(error == ECONNRESET);
        co_await c.served;
    };
    in_loop(nurt::sim::make_services(), body, &errors);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0] == "unhandled error in the body of a reply");
}

TEST_CASE("a client that goes away cancels the handler, silently") {
    in_sim([]() -> coro<> {
        traces seen;
        http::server server = co_await serve(slow(seen, seconds(60)));
        nurt::stream s = co_await ask_on_network(get("/"));
        co_await nurt::sleep(seconds(1));
        CHECK(seen.began == 1);
        s.close();
        co_await nurt::sleep(seconds(1));
        CHECK(seen.cancelled == 1);
        CHECK(server.statistics().connections == 0);
        CHECK(server.statistics().handlers == 0);
    });
}

TEST_CASE("a client that resets the connection cancels a handler that waits for the body") {
    in_sim([]() -> coro<> {
        bool cancelled = false;
        http::server server = co_await serve([&](http::request& request) -> coro<http::reply> {
            try {
                co_await request.read_all();
            } catch (const std::exception&) {
                cancelled = true;
                throw;
            } catch (const nurt::cancelled_error&) {
                cancelled = true;
                throw;
            }
            co_return "read";
        });
        nurt::stream s =
            co_await ask_on_network("POST / HTTP/1.1\r\nContent-Length: 10\r\n" + host + "abc");
        co_await nurt::sleep(seconds(1));
        s.abort();
        co_await nurt::sleep(seconds(1));
        CHECK(cancelled);
        CHECK(server.statistics().connections == 0);
    });
}

TEST_CASE("a client that ends its side behind the request still gets a reply that is ready") {
    in_sim([]() -> coro<> {
        http::server server = co_await serve(echo_path);
        nurt::stream s = co_await ask_on_network(get("/1") + get("/2"));
        s.shutdown_write();
        const std::string answer = co_await s.read_all();
        CHECK(count(answer, "200 OK") == 2);
    });
}

TEST_CASE("stopping closes idle connections and lets running requests end") {
    in_sim([]() -> coro<> {
        traces seen;
        http::server server = co_await serve(slow(seen, seconds(3)));
        nurt::stream idle = co_await open_connection("127.0.0.1", port);
        nurt::stream busy = co_await ask_on_network(get("/"));
        co_await nurt::sleep(seconds(1));
        const nurt::instant start = nurt::event_loop::running().time();
        const bool in_time = co_await server.stop(seconds(10));
        CHECK(in_time);
        CHECK((nurt::event_loop::running().time() - start).seconds() == doctest::Approx(2));
        const std::string nothing = co_await idle.read_all();
        CHECK(nothing.empty());
        const std::string answer = co_await busy.read_all();
        CHECK(has(answer, "Connection: close\r\n"));
        CHECK(body_of(answer) == "done");
        CHECK_FALSE(server.is_serving());
    });
}

TEST_CASE("stopping cancels what takes longer than the grace") {
    in_sim([]() -> coro<> {
        traces seen;
        http::server server = co_await serve(slow(seen, seconds(60)));
        nurt::stream s = co_await ask_on_network(get("/"));
        co_await nurt::sleep(seconds(1));
        const bool in_time = co_await server.stop(seconds(5));
        CHECK_FALSE(in_time);
        CHECK(seen.cancelled == 1);
        CHECK(server.statistics().connections == 0);
        const std::string answer = co_await s.read_all();
        CHECK(answer.empty());
    });
}

TEST_CASE("stopping serves what was pipelined no further than the running request") {
    in_sim([]() -> coro<> {
        traces seen;
        http::server server = co_await serve(slow(seen, seconds(1)));
        nurt::stream s = co_await ask_on_network(get("/") + get("/"));
        co_await nurt::sleep(seconds(0.5));
        co_await server.stop(seconds(5));
        const std::string answer = co_await s.read_all();
        CHECK(count(answer, "200 OK") == 1);
        CHECK(seen.began == 1);
    });
}

TEST_CASE("a cancelled serve_forever stops the server") {
    in_sim([]() -> coro<> {
        traces seen;
        http::server server = co_await serve(slow(seen, seconds(60)));
        auto serving = nurt::create_task(server.serve_forever());
        nurt::stream s = co_await ask_on_network(get("/"));
        co_await nurt::sleep(seconds(1));
        serving.cancel();
        bool cancelled = false;
        try {
            co_await serving;
        } catch (const nurt::cancelled_error&) {
            cancelled = true;
        }
        CHECK(cancelled);
        CHECK(seen.cancelled == 1);
        CHECK_FALSE(server.is_serving());
    });
}

TEST_CASE("a server that goes cancels its handlers") {
    in_sim([]() -> coro<> {
        traces seen;
        nurt::stream s;
        {
            http::server server = co_await serve(slow(seen, seconds(60)));
            s = co_await ask_on_network(get("/"));
            co_await nurt::sleep(seconds(1));
        }
        const std::string answer = co_await s.read_all();
        CHECK(answer.empty());
        CHECK(seen.cancelled == 1);
    });
}

TEST_CASE("the connection above the limit waits until another one ends") {
    in_sim([]() -> coro<> {
        http::server_options options;
        options.connections = 2;
        http::server server = co_await serve(echo_path, options);
        nurt::stream first = co_await ask_on_network(get("/1"));
        nurt::stream second = co_await ask_on_network(get("/2"));
        nurt::stream third = co_await ask_on_network(get("/3"));
        const std::string nothing = co_await conversation::read_for(third, seconds(1));
        CHECK(nothing.empty());
        CHECK(server.statistics().connections == 2);
        first.close();
        const std::string answer = co_await third.read(65536);
        CHECK(body_of(answer) == "/3");
    });
}

TEST_CASE("idle connections stay for five seconds when the server is nearly full") {
    in_sim([]() -> coro<> {
        http::server_options options;
        options.connections = 10;
        http::server server = co_await serve(echo_path, options);
        std::vector<nurt::stream> clients;
        for (int i = 0; i < 8; ++i) {
            clients.push_back(co_await ask_on_network(get("/")));
            co_await clients.back().read(65536);
        }
        co_await nurt::sleep(seconds(20));
        CHECK(server.statistics().connections == 8);
        clients.push_back(co_await ask_on_network(get("/")));  // over 80 %
        co_await clients.back().read(65536);
        co_await nurt::sleep(seconds(5.1));
        CHECK(server.statistics().connections == 0);
    });
}

TEST_CASE("many clients on a bad network all get their answers") {
    nurt::sim::faults plan;
    plan.latency = nurt::milliseconds(5);
    plan.jitter = nurt::milliseconds(20);
    plan.short_reads = 0.5;
    plan.short_writes = 0.5;
    auto body = []() -> coro<> {
        http::server server = co_await serve(echo_body);
        auto client = []() -> coro<int> {
            int right = 0;
            nurt::stream s = co_await open_connection("127.0.0.1", port);
            for (int i = 0; i < 5; ++i) {
                const std::string text(static_cast<std::size_t>(1000 * i + 1), 'x');
                co_await s.write(post("/", text));
                const std::string head = co_await s.readuntil("\r\n\r\n");
                const std::string answer = co_await s.readexactly(text.size());
                right += answer == text ? 1 : 0;
            }
            co_return right;
        };
        std::vector<coro<int>> clients;
        for (int i = 0; i < 20; ++i) clients.push_back(client());
        const std::vector<int> right = co_await nurt::gather(std::move(clients));
        for (const int n : right) CHECK(n == 5);
        CHECK(server.statistics().requests == 100);
    };
    in_sim(body, plan, 7);
}
