// SPDX-License-Identifier: MIT
// tests/http/server_connection_test.cpp: requests and replies of one connection.
#include "tests/http/server_support.hpp"

#include "nurt/json/value.hpp"

#include <string>
#include <vector>

using namespace nurt_test;

namespace {

coro<http::reply> slow_path(http::request& request) {
    if (request.path() == "/slow") co_await nurt::sleep(seconds(3));
    co_return std::string(request.path());
}

coro<http::reply> three_pieces(http::request&) {
    http::reply answer;
    answer.stream([](http::body_writer& out) -> coro<> {
        for (const char* piece : {"one", "two", "three"}) {
            co_await out.write(piece);
            co_await nurt::sleep(seconds(1));
        }
    });
    co_return answer;
}

}  // namespace

TEST_CASE("a GET is answered with date, type, length and body") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const std::string answer = co_await c.ask(get("/a?b"));
        CHECK(answer ==
              "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\n"
              "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\n/a");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a connection serves one request after another") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        for (const char* path : {"/1", "/2", "/3"}) {
            const std::string answer = co_await c.ask(get(path));
            CHECK(body_of(answer) == path);
        }
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("pipelined requests are answered in order, the later ones after a slow one") {
    in_sim([]() -> coro<> {
        conversation c(slow_path);
        const std::string first = co_await c.ask(get("/1") + get("/slow") + get("/2"));
        CHECK(body_of(first) == "/1");
        co_await nurt::sleep(seconds(1.5));
        const std::string rest = co_await c.receive();
        CHECK(count(rest, "200 OK") == 2);
        CHECK(rest.find("/slow") < rest.find("/2"));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("replies to requests that came together leave together") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        co_await c.send(get("/1") + get("/2") + get("/3"));
        const std::string piece = co_await c.client.read(65536);
        CHECK(count(piece, "200 OK") == 3);
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("HEAD gets the fields of GET and no body") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const std::string answer = co_await c.ask("HEAD /abc HTTP/1.1\r\n" + host + get("/d"));
        CHECK(has(answer, "Content-Length: 4\r\n"));
        CHECK(count(answer, "/abc") == 0);
        CHECK(answer.ends_with("\r\n\r\n/d"));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("Connection: close is answered and the connection closed") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const std::string answer =
            co_await c.ask("GET /a HTTP/1.1\r\nConnection: close\r\n" + host + get("/b"));
        CHECK(has(answer, "Connection: close\r\n"));
        CHECK(count(answer, "HTTP/1.1") == 1);
        co_await c.served;
    });
}

TEST_CASE("HTTP/1.0 ends with the reply unless the client asks to keep the connection") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const std::string kept =
            co_await c.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(has(kept, "Connection: keep-alive\r\n"));
        CHECK_FALSE(c.server_has_ended());
        const std::string last = co_await c.ask("GET /b HTTP/1.0\r\n\r\n");
        CHECK(has(last, "Connection: close\r\n"));
        co_await c.served;
    });
}

TEST_CASE("a streamed reply is chunked, and each piece leaves at once") {
    in_sim([]() -> coro<> {
        conversation c(three_pieces);
        co_await c.send(get("/"));
        const std::string first = co_await c.client.read(65536);
        CHECK(has(first, "Transfer-Encoding: chunked\r\n"));
        CHECK(body_of(first) == "3\r\none\r\n");
        const std::string rest = co_await conversation::read_for(c.client, seconds(2));
        CHECK(rest == "3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n");
        const std::string again = co_await c.ask(get("/"));
        CHECK(has(again, "200 OK"));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a streamed reply to HTTP/1.0 ends with the connection") {
    in_sim([]() -> coro<> {
        conversation c(three_pieces);
        co_await c.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        const std::string answer = co_await c.client.read_all();
        CHECK_FALSE(has(answer, "chunked"));
        CHECK(body_of(answer) == "onetwothree");
        co_await c.served;
    });
}

TEST_CASE("a streamed reply to HEAD is not written") {
    in_sim([]() -> coro<> {
        conversation c(three_pieces);
        const std::string answer = co_await c.ask("HEAD / HTTP/1.1\r\n" + host);
        CHECK(body_of(answer).empty());
        CHECK(has(answer, "Transfer-Encoding: chunked\r\n"));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("an announced length goes before chunks") {
    in_sim([]() -> coro<> {
        conversation c([](http::request&) -> coro<http::reply> {
            http::reply answer;
            answer.header("Content-Length", "4").stream([](http::body_writer& out) -> coro<> {
                co_await out.write("ab");
                co_await out.write("cd");
            });
            co_return answer;
        });
        const std::string answer = co_await c.ask(get("/"));
        CHECK(has(answer, "Content-Length: 4\r\n"));
        CHECK(body_of(answer) == "abcd");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("204 and 304 have neither body nor length") {
    in_sim([]() -> coro<> {
        conversation c([](http::request& request) -> coro<http::reply> {
            co_return http::reply(request.path() == "/204" ? 204 : 304).body("nothing");
        });
        const std::string answers = co_await c.ask(get("/204") + get("/304"));
        CHECK(count(answers, "HTTP/1.1 ") == 2);
        CHECK_FALSE(has(answers, "nothing"));
        CHECK_FALSE(has(answers, "Content-Length"));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a body with a length is read") {
    in_sim([]() -> coro<> {
        conversation c(echo_body);
        const std::string answer = co_await c.ask(post("/", "hello") + post("/", "again"));
        CHECK(count(answer, "\r\n\r\nhello") == 1);
        CHECK(answer.ends_with("\r\n\r\nagain"));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a chunked body is read, whatever its chunks") {
    in_sim([]() -> coro<> {
        conversation c(echo_body);
        const std::string answer =
            co_await c.ask("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host +
                           "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nTrailer: t\r\n\r\n" + get("/"));
        CHECK(has(answer, "\r\n\r\nabcd"));
        CHECK(count(answer, "200 OK") == 2);
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a body comes in pieces, as it arrives") {
    in_sim([]() -> coro<> {
        std::vector<std::string> pieces;
        conversation c([&pieces](http::request& request) -> coro<http::reply> {
            for (;;) {
                const std::string_view piece = co_await request.read_some();
                if (piece.empty()) break;
                pieces.emplace_back(piece);
            }
            co_return http::reply();
        });
        co_await c.send("POST / HTTP/1.1\r\nContent-Length: 6\r\n" + host + "ab");
        co_await nurt::sleep(seconds(1));
        co_await c.send("cd");
        co_await nurt::sleep(seconds(1));
        const std::string answer = co_await c.ask("ef");
        CHECK(pieces == std::vector<std::string>{"ab", "cd", "ef"});
        CHECK(has(answer, "Content-Length: 0\r\n"));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("the head stays readable while a long body is read") {
    in_sim([]() -> coro<> {
        conversation c([](http::request& request) -> coro<http::reply> {
            const std::string body = co_await request.read_all();
            co_return std::string(request.header("x-name")) + std::to_string(body.size());
        });
        const std::string answer =
            co_await c.ask("POST / HTTP/1.1\r\nX-Name: body\r\nContent-Length: 300000\r\n" + host +
                           std::string(300000, 'x'));
        CHECK(body_of(answer) == "body300000");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a client that expects 100 is told to go on when the body is wanted") {
    in_sim([]() -> coro<> {
        conversation c(echo_body);
        const std::string head =
            "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + host;
        const std::string go_on = co_await c.ask(head);
        CHECK(go_on == "HTTP/1.1 100 Continue\r\n\r\n");
        const std::string answer = co_await c.ask("ok");
        CHECK(body_of(answer) == "ok");
        const std::string again = co_await c.ask(head);
        CHECK(again == go_on);
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a client that expects 100 and is refused does not have to send its body") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const std::string answer = co_await c.ask(
            "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + host);
        CHECK(first_line(answer) == "HTTP/1.1 200 OK");
        CHECK(has(answer, "Connection: close\r\n"));
        co_await c.served;
    });
}

TEST_CASE("a body that came without waiting for 100 needs none") {
    in_sim([]() -> coro<> {
        conversation c(echo_body);
        const std::string answer = co_await c.ask(
            "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + host + "ok");
        CHECK(first_line(answer) == "HTTP/1.1 200 OK");
        CHECK(body_of(answer) == "ok");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a short body that nobody reads is skipped") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        co_await c.send("POST /a HTTP/1.1\r\nContent-Length: 65536\r\n" + host);
        const std::string first = co_await c.receive();
        CHECK(body_of(first) == "/a");
        const std::string second = co_await c.ask(std::string(65536, 'x') + get("/b"));
        CHECK(body_of(second) == "/b");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a long body that nobody reads ends the connection with the reply") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        const std::string answer =
            co_await c.ask("POST /a HTTP/1.1\r\nContent-Length: 65537\r\n" + host);
        CHECK(has(answer, "Connection: close\r\n"));
        CHECK(body_of(answer) == "/a");
        co_await c.send(std::string(65537, 'x') + get("/b"));
        const std::string rest = co_await c.receive();
        CHECK(rest.empty());
        co_await c.served;
    });
}

TEST_CASE("JSON has its type, and fields of the handler go first") {
    in_sim([]() -> coro<> {
        conversation c([](http::request&) -> coro<http::reply> {
            nurt::json::value value;
            value["a"] = 1;
            co_return http::reply::json(value).status(201).header("Date", "now").header("X", "y");
        });
        const std::string answer = co_await c.ask(get("/"));
        CHECK(first_line(answer) == "HTTP/1.1 201 Created");
        CHECK(has(answer, "Content-Type: application/json\r\n"));
        CHECK(has(answer, "Date: now\r\nX: y\r\n"));
        CHECK(count(answer, "Date:") == 1);
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("a reply cannot be split, and its framing is the server's") {
    http::reply answer;
    CHECK_THROWS_AS(answer.header("X", "a\r\nSet-Cookie: b"), http::invalid_header);
    CHECK_THROWS_AS(answer.header("X Y", "a"), http::invalid_header);
    CHECK_THROWS_AS(answer.header("Transfer-Encoding", "gzip"), http::invalid_header);
    CHECK_THROWS_AS(answer.header("Connection", "upgrade"), http::invalid_header);
    CHECK_THROWS_AS(answer.header("Content-Length", "+1"), http::invalid_header);
    CHECK_THROWS_AS(answer.status(100), nurt::usage_error);
    CHECK_THROWS_AS(http::reply(1000), nurt::usage_error);
    CHECK_THROWS_AS(http::refusal(99), nurt::usage_error);
    CHECK(answer.headers().empty());
}

TEST_CASE("what was received before a connection is served belongs to its first request") {
    in_sim([]() -> coro<> {
        auto [client, served] = nurt::memory_stream_pair();
        co_await client.write("hello\n" + get("/first") + "GET /sec");
        const std::string greeting = co_await served.readline();
        CHECK(greeting == "hello\n");
        auto serving = nurt::create_task(http::serve_connection(std::move(served), echo_path));
        co_await client.write("ond HTTP/1.1\r\n" + host);
        const std::string answers = co_await conversation::read_for(client, seconds(1));
        CHECK(count(answers, "200 OK") == 2);
        CHECK(has(answers, "/first"));
        CHECK(has(answers, "/second"));
        client.close();
        co_await serving;
    });
}
