// SPDX-License-Identifier: MIT
// tests/http/server_time_test.cpp: how long a server waits for each thing, in virtual time.
#include "tests/http/server_support.hpp"

#include <string>

using namespace nurt_test;

namespace {

// Seconds of virtual time until the server has closed the connection.
coro<double> seconds_until_end(conversation& c) {
    const nurt::instant start = nurt::event_loop::running().time();
    const std::string rest = co_await c.client.read_all();
    co_return (nurt::event_loop::running().time() - start).seconds();
}

// Sends the text bytewise, with a pause before each byte, until the server has had enough. Gives
// what the server has said.
coro<std::string> drip(conversation& c, std::string text, duration pause) {
    for (const char byte : text) {
        try {
            const std::string answer = co_await nurt::wait_for(c.client.read_all(), pause);
            co_return answer;
        } catch (const nurt::timeout_error&) {
        }
        co_await c.send(std::string(1, byte));
    }
    co_return "served";
}

}  // namespace

TEST_CASE("a head must be complete ten seconds after its first byte") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        co_await c.ask(get("/"));
        co_await nurt::sleep(seconds(20));
        co_await c.send("GET / HT");
        const nurt::instant start = nurt::event_loop::running().time();
        const std::string answer = co_await c.client.read_all();
        CHECK(first_line(answer) == "HTTP/1.1 408 Request Timeout");
        const double waited = (nurt::event_loop::running().time() - start).seconds();
        CHECK(waited == doctest::Approx(10).epsilon(0.001));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a client that sends a byte every nine seconds is cut at ten") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const nurt::instant start = nurt::event_loop::running().time();
        const std::string answer = co_await drip(c, get("/"), seconds(9));
        CHECK(first_line(answer) == "HTTP/1.1 408 Request Timeout");
        const double waited = (nurt::event_loop::running().time() - start).seconds();
        CHECK(waited == doctest::Approx(10).epsilon(0.001));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a client that says nothing is dropped after ten seconds, without an answer") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const nurt::instant start = nurt::event_loop::running().time();
        const std::string answer = co_await c.client.read_all();
        CHECK(answer.empty());
        CHECK((nurt::event_loop::running().time() - start).seconds() == doctest::Approx(10));
        co_await c.served;
    });
}

TEST_CASE("an idle connection is kept for 75 seconds, counted from the last reply") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        for (int i = 0; i < 3; ++i) {
            co_await c.ask(get("/"));
            co_await nurt::sleep(seconds(73));
        }
        CHECK_FALSE(c.server_has_ended());
        co_await c.send(get("/"));
        co_await c.client.read(65536);
        const double waited = co_await seconds_until_end(c);
        CHECK(waited == doctest::Approx(75).epsilon(0.001));
        co_await c.served;
    });
}

TEST_CASE("a body that stops coming is 408 after its grace") {
    in_sim([]() -> coro<> {
        conversation c(echo_body);
        const nurt::instant start = nurt::event_loop::running().time();
        co_await c.send("POST / HTTP/1.1\r\nContent-Length: 10000\r\n" + host +
                        std::string(4800, 'x'));  // worth another 20 seconds
        const std::string answer = co_await c.client.read_all();
        CHECK(first_line(answer) == "HTTP/1.1 408 Request Timeout");
        const double waited = (nurt::event_loop::running().time() - start).seconds();
        CHECK(waited == doctest::Approx(20).epsilon(0.001));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a body that is slower than 240 bytes a second is 408, a faster one is read") {
    in_sim([]() -> coro<> {
        for (const bool fast : {false, true}) {
            conversation c(echo_body);
            co_await c.send("POST / HTTP/1.1\r\nContent-Length: 10000\r\n" + host);
            std::string answer;
            for (int sent = 0; sent < 10000 && answer.empty(); sent += 500) {
                answer = co_await conversation::read_for(c.client, seconds(fast ? 2 : 3.5));
                if (answer.empty()) co_await c.send(std::string(500, 'x'));
            }
            if (answer.empty()) answer = co_await c.receive();
            CHECK(first_line(answer) ==
                  (fast ? "HTTP/1.1 200 OK" : "HTTP/1.1 408 Request Timeout"));
            c.client.close();
            co_await c.served;
        }
    });
}

TEST_CASE("the time a handler takes does not count for its client") {
    in_sim([]() -> coro<> {
        conversation c([](http::request& request) -> coro<http::reply> {
            co_await nurt::sleep(seconds(200));
            co_return co_await request.read_all();
        });
        co_await c.send("POST / HTTP/1.1\r\nContent-Length: 4\r\n" + host);
        co_await nurt::sleep(seconds(201));
        const std::string answer = co_await c.ask("body");
        CHECK(body_of(answer) == "body");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a client that reads nothing is reset after thirty seconds") {
    in_sim([]() -> coro<> {
        conversation c(
            [](http::request&) -> coro<http::reply> { co_return std::string(1'000'000, 'x'); });
        co_await c.send(get("/"));
        co_await nurt::sleep(seconds(29.9));
        CHECK_FALSE(c.server_has_ended());
        co_await nurt::sleep(seconds(0.2));
        CHECK(c.server_has_ended());
        const int error = (co_await error_of<nurt::os_error>(c.client.read_all())).number();
        CHECK(error == ECONNRESET);
        co_await c.served;
    });
}

TEST_CASE("a client that reads slowly is served as long as it reads") {
    in_sim([]() -> coro<> {
        conversation c(
            [](http::request&) -> coro<http::reply> { co_return std::string(1'000'000, 'x'); });
        co_await c.send(get("/"));
        std::size_t got = 0;
        while (got < 1'000'000) {
            co_await nurt::sleep(seconds(25));
            got += (co_await c.client.read(65536)).size();
        }
        CHECK_FALSE(c.server_has_ended());
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a streamed reply waits for its client, and is cancelled when that stops reading") {
    in_sim([]() -> coro<> {
        bool cancelled = false;
        std::uint64_t written = 0;
        conversation c([&](http::request&) -> coro<http::reply> {
            http::reply answer;
            answer.stream([&](http::body_writer& out) -> coro<> {
                const std::string piece(10'000, 'x');
                try {
                    for (;;) {
                        co_await out.write(piece);
                        written = out.written();
                    }
                } catch (const nurt::os_error&) {
                    cancelled = true;
                    throw;
                } catch (const nurt::cancelled_error&) {
                    cancelled = true;
                    throw;
                }
            });
            co_return answer;
        });
        co_await c.send(get("/"));
        co_await nurt::sleep(seconds(29));
        CHECK(written < 100'000);
        CHECK_FALSE(cancelled);
        co_await nurt::sleep(seconds(2));
        CHECK(cancelled);
        co_await c.served;
    });
}
