// SPDX-License-Identifier: MIT
// tests/http/chunked_test.cpp: chunked bodies, good and bad, in any pieces.
#include <doctest/doctest.h>

#include <nurt/http/chunked.hpp>

#include "tests/http/feed.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace nurt::http;
using namespace std::string_literals;
using nurt_test::feed_chunks;
using nurt_test::read_chunks;

namespace {

void refuse_all(const std::vector<std::string>& bodies) {
    for (const std::string& body : bodies) {
        CAPTURE(body);
        const std::string whole = read_chunks(body);
        CHECK(whole.substr(0, 4) == "400:");
        chunk_decoder decoder;
        CHECK(feed_chunks(decoder, body, 1, 1) == whole);
    }
}

}  // namespace

TEST_CASE("chunks become a body") {
    CHECK(read_chunks("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nnext") == "hello world size 26");
    CHECK(read_chunks("0\r\n\r\n") == " size 5");
    CHECK(read_chunks("A\r\n0123456789\r\n00a\r\n0123456789\r\n000\r\n\r\n") ==
          "01234567890123456789 size 39");
}

TEST_CASE("the result does not depend on how a chunked body was cut") {
    const std::vector<std::string> bodies = {
        "5\r\nhello\r\n1;a=b ; c=\"\\\" d\";e\r\n!\r\n0\r\n\r\nGET",
        "3\r\nabc\r\n0;x\r\nX-Sum: 1\r\nY:\r\n\r\nGET",
        "1 ;a\r\nx\r\n2\t; a = b\r\nyz\r\n0\r\n\r\n",
    };
    for (const std::string& body : bodies) {
        CAPTURE(body);
        const std::string whole = read_chunks(body);
        CHECK(whole.find(" size ") != std::string::npos);
        for (std::size_t cut = 1; cut <= body.size(); ++cut) {
            chunk_decoder decoder;
            CHECK(feed_chunks(decoder, body, cut, body.size()) == whole);
            chunk_decoder slow;
            CHECK(feed_chunks(slow, body, cut, 1) == whole);
        }
    }
}

TEST_CASE("data is a view of what was given") {
    const std::string text = "5\r\nhello\r\n";
    chunk_decoder decoder;
    const auto part = decoder.next(text);
    CHECK(part.data.data() == text.data() + 3);
    CHECK(part.data == "hello");
    CHECK(part.consumed == 8);
}

TEST_CASE("trailers are there after the end") {
    CHECK(read_chunks("0\r\nX-Sum: 12\r\nY: z\r\n\r\n") == " size 22\nX-Sum=12\nY=z");
    CHECK(read_chunks("0\r\nContent-Length: x\r\n\r\n") == " size 24\nContent-Length=x");
}

TEST_CASE("a malformed chunk is refused") {
    refuse_all({
        "\r\n",
        "g\r\n",
        "-1\r\n",
        "+1\r\n",
        "0x1\r\n",
        " 1\r\n",
        "1 \r\nx",
        "1\nx\r\n",
        "1\r\r\nx",
        "1\rx",
        "1\r\nxy\r\n",
        "1\r\nx\n0\r\n\r\n",
        "1\r\nx\r0\r\n\r\n",
        "1\r\nxXX0\r\n\r\n",
        "1\r\nx\r\n\r\n",
        ";a\r\n",
        "1,2\r\n",
        "1\0\r\n"s,
        "8000000000000000\r\n",
        "ffffffffffffffff\r\n",
        "10000000000000000\r\n",
        "00000000000000001\r\n",
    });
}

TEST_CASE("a malformed chunk extension is refused") {
    refuse_all({
        "1;\r\nx",
        "1;;a\r\nx",
        "1;=a\r\nx",
        "1;a=\r\nx",
        "1;a b\r\nx",
        "1;a=b c\r\nx",
        "1;a=\"b\r\nx",
        "1;a=\"b\"c\r\nx",
        "1;a=\"\\\r\n\"\r\nx",
        "1;a\nx",
        "1;a\x01\r\nx",
        "1;a=b\x7f\r\nx",
        "1;a=b \r\nx",
        "1;a;\r\nx",
    });
}

TEST_CASE("malformed trailers are refused") {
    refuse_all({
        "0\r\nX\r\n\r\n",
        "0\r\nX : y\r\n\r\n",
        "0\r\nX: y\n\r\n",
        "0\r\n X: y\r\n\r\n",
        "0\r\n\n",
        "0\r\nX: y\r\n z\r\n\r\n",
    });
}

TEST_CASE("extensions are limited to 256 bytes in one chunk") {
    CHECK(read_chunks("0;" + std::string(255, 'a') + "\r\n\r\n") == " size 261");
    CHECK(read_chunks("0;" + std::string(256, 'a') + "\r\n\r\n") ==
          "400: chunk extensions above the limit");
}

TEST_CASE("extensions are limited to 16 KiB in one body") {
    std::string body;
    for (int i = 0; i < 64; ++i) body += "1;" + std::string(255, 'a') + "\r\nx\r\n";
    CHECK(read_chunks(body + "0\r\n\r\n").find(" size ") != std::string::npos);
    CHECK(read_chunks(body + "0;a\r\n\r\n") == "400: chunk extensions above the limit");
}

TEST_CASE("trailers have the limits of a head") {
    CHECK(read_chunks("0\r\nX: " + std::string(20000, 'a')).substr(0, 4) == "431:");
    std::string many = "0\r\n";
    for (int i = 0; i < 101; ++i) many += "X: y\r\n";
    CHECK(read_chunks(many + "\r\n").substr(0, 4) == "431:");
}

TEST_CASE("a chunk may have any size up to 2^63-1") {
    chunk_decoder decoder;
    const auto part = decoder.next("7fffffffffffffff\r\nx");
    CHECK(part.state == progress::need_more);
    CHECK(part.data == "x");
}

TEST_CASE("a decoder that failed stays failed, a reset one begins anew") {
    chunk_decoder decoder;
    CHECK(decoder.next("x").state == progress::failed);
    CHECK(decoder.next("").state == progress::failed);
    CHECK(decoder.next("0\r\n\r\n").state == progress::failed);
    decoder.reset();
    CHECK(decoder.next("0\r\nX: y\r\n\r\n").state == progress::done);
    CHECK(decoder.next("more").consumed == 0);
    decoder.reset();
    CHECK(decoder.next("0\r\n\r\n").state == progress::done);
    CHECK(decoder.trailers().empty());
}

TEST_CASE("what is encoded is decoded") {
    std::string wire;
    append_chunk(wire, "hello ");
    append_chunk(wire, "");
    append_chunk(wire, std::string(300, 'x'));
    append_last_chunk(wire);
    CHECK(wire.substr(0, 11) == "6\r\nhello \r\n");
    CHECK(wire.find("12c\r\n") == 11);
    CHECK(read_chunks(wire) ==
          "hello " + std::string(300, 'x') + " size " + std::to_string(wire.size()));
}

TEST_CASE("trailers can be sent") {
    headers trailers;
    trailers.add("X-Sum", "1");
    std::string wire;
    append_last_chunk(wire, trailers);
    CHECK(wire == "0\r\nX-Sum: 1\r\n\r\n");
}

TEST_CASE("a chunk head can have every size") {
    std::string wire;
    append_chunk_head(wire, 0xffffffffffffffff);
    append_chunk_head(wire, 1);
    CHECK(wire == "ffffffffffffffff\r\n1\r\n");
}
