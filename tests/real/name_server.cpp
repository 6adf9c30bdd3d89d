// SPDX-License-Identifier: MIT
// tests/real/name_server.cpp: see the header. Messages are those of RFC 1035 section 4.
#include "tests/real/name_server.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nurt_test {

using namespace std::string_view_literals;

namespace {

constexpr std::size_t header_size = 12;
constexpr unsigned char name_error = 3;

struct record {
    std::string_view name;
    unsigned char type;
    unsigned char seconds;  // its time to live
    std::string_view data;
};

constexpr unsigned char a = 1;
constexpr unsigned char ptr = 12;
constexpr unsigned char mx = 15;
constexpr unsigned char txt = 16;
constexpr unsigned char aaaa = 28;

constexpr record records[] = {
    {"one.test.", a, 60, "\xc0\x00\x02\x01"sv},
    {"both.test.", a, 60, "\xc0\x00\x02\x02"sv},
    {"both.test.", aaaa, 60, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"sv},
    {"brief.test.", a, 0, "\xc0\x00\x02\x03"sv},
    {"mail.test.", mx, 60, "\0\x14\1b\xc0\x0c"sv},
    {"mail.test.", mx, 60, "\0\x0a\1a\xc0\x0c"sv},
    {"text.test.", txt, 60, "\3one\4 two"sv},
    {"text.test.", txt, 60, "\5three"sv},
    {"torn.test.", txt, 60, "\xff"sv},
    {"1.2.0.192.in-addr.arpa.", ptr, 60, "\3one\4test\0"sv},
};

}  // namespace

name_server::name_server() {
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    thread_ = std::thread([this] { serve(); });
}

name_server::~name_server() {
    ::shutdown(socket_, SHUT_RDWR);  // ends the receive of the thread
    thread_.join();
    ::close(socket_);
}

std::string name_server::address() const {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size);
    return "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
}

void name_server::serve() {
    for (;;) {
        unsigned char question[512];
        sockaddr_in from{};
        socklen_t from_size = sizeof from;
        const ssize_t n = ::recvfrom(socket_, question, sizeof question, 0,
                                     reinterpret_cast<sockaddr*>(&from), &from_size);
        if (n <= 0) {
            return;
        }
        ++questions_;
        answer(question, static_cast<std::size_t>(n), &from, from_size);
    }
}

// Copies the question and puts behind it what is known of the name.
void name_server::answer(const unsigned char* question, std::size_t size, const void* to,
                         unsigned to_size) {
    std::string name;
    std::size_t at = header_size;
    for (; at < size && question[at] != 0; at += 1U + question[at]) {
        name.append(reinterpret_cast<const char*>(question) + at + 1, question[at]);
        name += '.';
    }
    const std::size_t end = at + 5;  // the final zero, the type and the class
    if (end > size || name == "silent.test.") {
        return;
    }
    std::vector<unsigned char> reply(question, question + end);
    bool known = false;
    reply[2] |= 0x80;  // an answer
    reply[7] = reply[8] = reply[9] = reply[10] = reply[11] = 0;
    for (const record& r : records) {
        known = known || r.name == name;
        if (r.name == name && r.type == question[at + 2]) {
            ++reply[7];
            const auto length = static_cast<unsigned char>(r.data.size());
            reply.insert(reply.end(), {0xc0, header_size, 0, r.type, 0, 1, 0, 0, 0, r.seconds, 0});
            reply.push_back(length);
            reply.insert(reply.end(), r.data.begin(), r.data.end());
        }
    }
    reply[3] = static_cast<unsigned char>(0x80 | (known ? 0 : name_error));
    ::sendto(socket_, reply.data(), reply.size(), 0, static_cast<const sockaddr*>(to), to_size);
}

}  // namespace nurt_test
