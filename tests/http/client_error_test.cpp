// SPDX-License-Identifier: MIT
// What the client says when something goes wrong, and that its connections are gone then.
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/errors.hpp"
#include "tests/http/scripted_server.hpp"

namespace http = nurt::http;
using http::client;
using nurt::coro;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::ok;
using nurt_test::scripted_server;

namespace {

const std::string url = "http://127.0.0.1/a";

// The message of the error of type E that a get of this answer fails with. Checks that no connection is
// left.
template <class E>
coro<std::string> message_for(std::string answer) {
    scripted_server script({std::move(answer)});
    auto server = co_await script.start();
    client c;
    const E e = co_await error_of<E>(c.get(url).send());
    CHECK(e.method() == "GET");
    CHECK(e.url() == url);
    CHECK(c.statistics().open == 0);
    co_return e.what();
}

std::string long_head() {
    std::string answer = "HTTP/1.1 200 OK\r\n";
    while (answer.size() < 10'000'000) answer += "X-Filler: 0123456789012345678901234567890\r\n";
    return answer;
}

nurt::instant now() {
    return nurt::event_loop::running().time();
}

coro<void> get(client& c, std::string where) {
    co_await c.get(where);
}

}  // namespace

TEST_CASE("a server that closes in the body is an error with both numbers") {
    in_sim([]() -> coro<void> {
        const auto message = co_await message_for<http::read_error>(
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789<close>");
        CHECK(message ==
              "GET http://127.0.0.1/a: the server closed the connection after 10 of 100 bytes of "
              "the body");
    });
}

TEST_CASE("a server that closes between chunks is an error") {
    in_sim([]() -> coro<void> {
        const auto message = co_await message_for<http::read_error>(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n<close>");
        CHECK(message ==
              "GET http://127.0.0.1/a: the server closed the connection after 5 bytes of the body");
    });
}

TEST_CASE("a server that closes without an answer, or in its head, is an error") {
    in_sim([]() -> coro<void> {
        const auto nothing = co_await message_for<http::read_error>("<close>");
        CHECK(nothing ==
              "GET http://127.0.0.1/a: the server closed the connection without an answer");
    });
    in_sim([]() -> coro<void> {
        const auto half = co_await message_for<http::read_error>("HTTP/1.1 200 OK\r\nX: y<close>");
        CHECK(half ==
              "GET http://127.0.0.1/a: the server closed the connection in the head of its answer");
    });
}

TEST_CASE("an answer that is not http says why") {
    in_sim([]() -> coro<void> {
        const auto message = co_await message_for<http::remote_protocol_error>("SSH-2.0-x\r\n");
        CHECK(message.starts_with("GET http://127.0.0.1/a: the answer is malformed: "));
    });
    in_sim([]() -> coro<void> {
        const auto message = co_await message_for<http::remote_protocol_error>(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
        CHECK(message.starts_with("GET http://127.0.0.1/a: the answer is malformed: "));
    });
    in_sim([]() -> coro<void> {
        const auto message = co_await message_for<http::remote_protocol_error>(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
        CHECK(message.starts_with("GET http://127.0.0.1/a: the answer is malformed: "));
    });
}

TEST_CASE("a head of ten megabytes is refused before it is read") {
    in_sim([]() -> coro<void> {
        const auto message = co_await message_for<http::remote_protocol_error>(long_head());
        CHECK(message.starts_with("GET http://127.0.0.1/a: the answer is malformed: "));
    });
}

TEST_CASE("a body over the limit is an error, announced or not") {
    in_sim([]() -> coro<void> {
        scripted_server script(
            {ok("0123456789"), "HTTP/1.1 200 OK\r\n\r\n0123456789<close>", ok("12345")});
        auto server = co_await script.start();
        client c;
        for (int i = 0; i < 2; ++i) {
            const auto e = co_await error_of<http::read_error>(c.get(url).body_limit(5).send());
            CHECK(std::string(e.what()) ==
                  "GET http://127.0.0.1/a: the body is longer than 5 bytes");
            CHECK(c.statistics().open == 0);
        }
        const auto r = co_await c.get(url).body_limit(5);
        CHECK(r.text() == "12345");
    });
}

TEST_CASE("nobody listening is a connect error") {
    in_sim([]() -> coro<void> {
        client c;
        const auto e = co_await error_of<http::connect_error>(c.get("http://127.0.0.1:9/").send());
        CHECK(std::string(e.what()) ==
              "GET http://127.0.0.1:9/: connect 127.0.0.1:9: Connection refused");
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("a name nobody knows is a connect error") {
    in_sim([]() -> coro<void> {
        client c;
        const auto e = co_await error_of<http::connect_error>(c.get("http://no.such.name/").send());
        CHECK(
            std::string(e.what()).starts_with("GET http://no.such.name/: resolve no.such.name: "));
    });
}

TEST_CASE("each phase has its own limit and error") {
    in_sim([]() -> coro<void> {
        scripted_server script({"<hang>"});
        auto server = co_await script.start();
        client c;
        const auto start = now();
        const auto e = co_await error_of<http::read_timeout>(c.get(url).send());
        CHECK(std::string(e.what()) == "GET http://127.0.0.1/a: no answer within 30 s");
        CHECK(now() - start == nurt::seconds(30));
        CHECK(c.statistics().open == 0);
    });
    in_sim([]() -> coro<void> {
        scripted_server script({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n01<hang>"});
        auto server = co_await script.start();
        client c;
        const auto e = co_await error_of<http::read_timeout>(c.get(url).send());
        CHECK(std::string(e.what()) == "GET http://127.0.0.1/a: nothing more of the body for 60 s");
        CHECK(now().count() >= nurt::seconds(60).count());
    });
}

TEST_CASE("a server that takes no bytes is a write timeout") {
    in_sim([]() -> coro<void> {
        auto deaf = [](nurt::stream s) -> coro<void> {
            co_await nurt::sleep(nurt::hours(1));
            s.close();
        };
        auto server = co_await nurt::start_server(deaf, "127.0.0.1", 80);
        client c;
        const std::string body(10'000'000, 'x');
        const auto start = now();
        const auto e = co_await error_of<http::write_timeout>(c.post(url).body(body).send());
        CHECK(std::string(e.what()) == "POST http://127.0.0.1/a: the server took nothing for 60 s");
        CHECK(now() - start == nurt::seconds(60));
    });
}

TEST_CASE("the limit on the whole request holds in every phase") {
    in_sim([]() -> coro<void> {
        scripted_server script({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n01<hang>"});
        script.delay = nurt::seconds(1);
        auto server = co_await script.start();
        client c;
        const auto start = now();
        const auto e =
            co_await error_of<http::total_timeout>(c.get(url).timeout(nurt::seconds(2.5)).send());
        CHECK(std::string(e.what()) == "GET http://127.0.0.1/a: not done within 2.5 s");
        CHECK(now() - start == nurt::seconds(2.5));
    });
}

TEST_CASE("a slow but steady body is no timeout of the read") {
    in_sim([]() -> coro<void> {
        auto slow = [](nurt::stream s) -> coro<void> {
            co_await s.readuntil("\r\n\r\n");
            co_await s.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
            for (int i = 0; i < 4; ++i) {
                co_await nurt::sleep(nurt::seconds(50));
                co_await s.write("x");
            }
        };
        auto server = co_await nurt::start_server(slow, "127.0.0.1", 80);
        client c;
        const auto r = co_await c.get(url);
        CHECK(r.text() == "xxxx");
    });
}

TEST_CASE("cancelling a request closes its connection and frees its place") {
    in_sim([]() -> coro<void> {
        scripted_server script({"<hang>", ok("x")});
        auto server = co_await script.start();
        client c(http::client_options().limits({.connections = 1, .per_host = 1}));
        auto first = nurt::create_task(get(c, url));
        co_await nurt::sleep(nurt::seconds(1));
        first.cancel();
        const auto second = co_await c.get(url);
        CHECK(first.cancelled());
        CHECK(second.text() == "x");
        CHECK(script.connections == 2);
    });
}

TEST_CASE("a scope's timeout is the scope's own error") {
    in_sim([]() -> coro<void> {
        scripted_server script({"<hang>"});
        auto server = co_await script.start();
        client c;
        bool late = false;
        try {
            co_await nurt::wait_for(c.get(url).send(), nurt::seconds(1));
        } catch (const nurt::timeout_error&) {
            late = true;
        }
        CHECK(late);
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("an answer that comes before the body has gone is the answer") {
    in_sim([]() -> coro<void> {
        auto refuse = [](nurt::stream s) -> coro<void> {
            co_await s.readuntil("\r\n\r\n");
            co_await s.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
            s.close();
        };
        auto server = co_await nurt::start_server(refuse, "127.0.0.1", 80);
        client c;
        const std::string body(10'000'000, 'x');
        const auto r = co_await c.post(url).body(body);
        CHECK(r.status() == 413);
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(c.statistics().open == 0);
    });
}
