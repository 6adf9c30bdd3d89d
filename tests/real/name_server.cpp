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

namespace {

constexpr std::size_t header_size = 12;
constexpr unsigned type_a = 1;
constexpr unsigned type_aaaa = 28;
constexpr unsigned char name_error = 3;

std::vector<unsigned char> address_bytes(std::string_view name, unsigned type) {
    if (type == type_a && name == "one.test.") {
        return {192, 0, 2, 1};
    }
    if (type == type_a && name == "both.test.") {
        return {192, 0, 2, 2};
    }
    if (type == type_aaaa && name == "both.test.") {
        return {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    }
    return {};
}

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
    const unsigned type = question[at + 2];
    const auto address = address_bytes(name, type);
    const bool known = name == "one.test." || name == "both.test.";
    std::vector<unsigned char> reply(question, question + end);
    reply[2] |= 0x80;  // an answer
    reply[3] = static_cast<unsigned char>(0x80 | (known ? 0 : name_error));
    reply[7] = address.empty() ? 0 : 1;
    reply[8] = reply[9] = reply[10] = reply[11] = 0;
    if (!address.empty()) {
        reply.insert(reply.end(), {0xc0, header_size, 0, static_cast<unsigned char>(type), 0, 1, 0,
                                   0, 0, 60, 0, static_cast<unsigned char>(address.size())});
        reply.insert(reply.end(), address.begin(), address.end());
    }
    ::sendto(socket_, reply.data(), reply.size(), 0, static_cast<const sockaddr*>(to), to_size);
}

}  // namespace nurt_test
