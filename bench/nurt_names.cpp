// SPDX-License-Identifier: MIT
// bench/nurt_names.cpp: what a name costs whose address is known already.
//
//     nurt_names [N]
//
// A name server in a thread answers the first question, and the resolver's cache all others.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "nurt/core/run.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/resolver.hpp"

namespace {

// Answers every question with 192.0.2.1, for an hour, until its socket is shut down.
class name_server {
public:
    name_server() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        auto* address = reinterpret_cast<sockaddr*>(&at);
        if (::bind(socket_, address, size) != 0 || ::getsockname(socket_, address, &size) != 0) {
            std::perror("name server");
            std::exit(EXIT_FAILURE);
        }
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~name_server() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
    }
    int port() const noexcept { return port_; }

private:
    void serve() const {
        std::array<char, 600> packet{};
        sockaddr_storage from{};
        for (;;) {
            socklen_t from_size = sizeof from;
            auto* whom = reinterpret_cast<sockaddr*>(&from);
            const auto got = ::recvfrom(socket_, packet.data(), 512, 0, whom, &from_size);
            if (got <= 0) {
                return;
            }
            const std::size_t size = answer(packet.data());
            ::sendto(socket_, packet.data(), size, 0, whom, from_size);
        }
    }
    // Turns a question into its answer: the name, its type and class stand behind the head of 12
    // bytes. Only a question for an IPv4 address gets one. Source: RFC 1035 section 4.
    static std::size_t answer(char* packet) {
        std::size_t end = 12;
        while (packet[end] != 0) {
            end += static_cast<unsigned char>(packet[end]) + 1U;
        }
        const bool wants_v4 = packet[end + 2] == 1;
        end += 5;
        const char head[] = {'\x81', '\x80', 0, 1, 0, static_cast<char>(wants_v4), 0, 0, 0, 0};
        std::memcpy(packet + 2, head, sizeof head);
        const char record[] = {'\xc0', 12, 0, 1, 0, 1, 0, 0, 14, 16, 0, 4, '\xc0', 0, 2, 1};
        if (wants_v4) {
            std::memcpy(packet + end, record, sizeof record);
            end += sizeof record;
        }
        return end;
    }

    int socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int port_ = 0;
    std::thread thread_;
};

nurt::coro<> look_up(std::string servers, long n) {
    nurt::event_loop& loop = nurt::event_loop::running();
    loop.parts().resolver = nurt::make_resolver(loop, {.nameservers = servers});
    const std::string name = "www.example.com";
    const std::vector<nurt::ip_address> first = co_await nurt::resolve(name);
    const std::int64_t wall = bench_now();
    const std::int64_t cpu = bench_cpu();
    for (long i = 0; i < n; ++i) {
        const std::vector<nurt::ip_address> again = co_await nurt::resolve(name);
        if (again.size() != first.size()) {
            std::exit(EXIT_FAILURE);
        }
    }
    bench_out("nurt", "name", static_cast<double>(n), bench_now() - wall, bench_cpu() - cpu);
}

}  // namespace

int main(int argc, char** argv) {
    const name_server server;
    const long n = argc > 1 ? std::atol(argv[1]) : 2'000'000;
    nurt::run(look_up("127.0.0.1:" + std::to_string(server.port()), n));
}
