// SPDX-License-Identifier: MIT
// bench/nurt_udp.cpp: what a datagram costs a server that echoes it, beside plain C on epoll.
//
//     nurt_udp [ROUNDS [DATAGRAMS]]
//
// A process of its own sends so many at once and waits for their echoes. Measured is the time of the
// server's thread. The floor receives what is there by recvmmsg and sends it by sendmmsg; one that
// receives and sends one by one, as the code beside it does, shows what the calls cost alone.
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/paired.hpp"
#include "nurt/core/run.hpp"
#include "nurt/net/datagram_socket.hpp"

namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t size = 64;

using nurt_bench::sample;
using nurt_bench::stopwatch;

struct messages {
    messages() {
        for (std::size_t i = 0; i < batch; ++i) {
            vectors[i] = {.iov_base = memory[i], .iov_len = size};
            headers[i].msg_hdr.msg_iov = &vectors[i];
            headers[i].msg_hdr.msg_iovlen = 1;
        }
    }
    char memory[batch][size] = {};
    iovec vectors[batch];
    mmsghdr headers[batch] = {};
};

// Sends and counts until it is killed.
[[noreturn]] void load(std::uint16_t port, unsigned window) {
    const int s = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(s, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    static messages m;
    for (;;) {
        ::sendmmsg(s, m.headers, window, 0);
        for (unsigned got = 0; got < window;) {
            const int n = ::recvmmsg(s, m.headers, window - got, MSG_WAITFORONE, nullptr);
            got += n > 0 ? static_cast<unsigned>(n) : 0;
        }
    }
}

struct loader {
    loader(std::uint16_t port, unsigned window) : child(::fork()) {
        if (child == 0) {
            load(port, window);
        }
    }
    ~loader() {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    loader(const loader&) = delete;
    loader& operator=(const loader&) = delete;

    pid_t child;
};

// A socket that epoll watches.
struct plain_server {
    plain_server() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof at;
        ::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at);
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &length);
        port = ntohs(at.sin_port);
        epoll_event event{};
        event.events = EPOLLIN;
        ::epoll_ctl(set, EPOLL_CTL_ADD, socket, &event);
    }
    plain_server(const plain_server&) = delete;
    plain_server& operator=(const plain_server&) = delete;
    ~plain_server() {
        ::close(set);
        ::close(socket);
    }
    void wait() const {
        epoll_event event{};
        ::epoll_wait(set, &event, 1, -1);
    }

    int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    int set = ::epoll_create1(0);
    std::uint16_t port = 0;
};

sample floor_batches(unsigned window, long count) {
    const plain_server server;
    static messages m;
    static sockaddr_in peers[batch];
    const loader l(server.port, window);
    const stopwatch watch(CLOCK_THREAD_CPUTIME_ID);
    for (long done = 0; done < count;) {
        server.wait();
        for (std::size_t i = 0; i < batch; ++i) {
            m.headers[i].msg_hdr.msg_name = &peers[i];
            m.headers[i].msg_hdr.msg_namelen = sizeof peers[i];
            m.vectors[i].iov_len = size;
        }
        const int n = ::recvmmsg(server.socket, m.headers, batch, 0, nullptr);
        if (n > 0) {
            for (int i = 0; i < n; ++i) {
                m.vectors[i].iov_len = m.headers[i].msg_len;
            }
            done += ::sendmmsg(server.socket, m.headers, static_cast<unsigned>(n), 0);
        }
    }
    return watch.each_of(static_cast<double>(count));
}

sample floor_one_by_one(unsigned window, long count) {
    const plain_server server;
    static messages m;
    static sockaddr_in peer;
    msghdr& header = m.headers[0].msg_hdr;
    header.msg_name = &peer;
    const loader l(server.port, window);
    const stopwatch watch(CLOCK_THREAD_CPUTIME_ID);
    for (long done = 0; done < count;) {
        server.wait();
        for (unsigned i = 0; i < window; ++i) {
            header.msg_namelen = sizeof peer;
            m.vectors[0].iov_len = size;
            const auto n = ::recvmsg(server.socket, &header, 0);
            if (n < 0) {
                break;
            }
            m.vectors[0].iov_len = static_cast<std::size_t>(n);
            done += ::sendmsg(server.socket, &header, 0) >= 0 ? 1 : 0;
        }
    }
    return watch.each_of(static_cast<double>(count));
}

nurt::coro<sample> echo_batches(unsigned window, long count) {
    auto s = nurt::open_datagram_socket(nurt::socket_address(nurt::ip_address::loopback_v4(), 0));
    static char memory[batch][size];
    static std::array<nurt::datagram_slot, batch> slots;
    for (std::size_t i = 0; i < batch; ++i) {
        slots[i].data = memory[i];
        slots[i].room = size;
    }
    const loader l(s.port(), window);
    const stopwatch watch(CLOCK_THREAD_CPUTIME_ID);
    for (long done = 0; done < count;) {
        const std::size_t n = co_await s.receive_many(slots);
        const std::size_t sent = co_await s.send_many(std::span(slots).first(n));
        done += static_cast<long>(sent);
    }
    co_return watch.each_of(static_cast<double>(count));
}

nurt::coro<sample> echo_one_by_one(unsigned window, long count) {
    auto s = nurt::open_datagram_socket(nurt::socket_address(nurt::ip_address::loopback_v4(), 0));
    static char memory[size];
    const loader l(s.port(), window);
    const stopwatch watch(CLOCK_THREAD_CPUTIME_ID);
    for (long done = 0; done < count; ++done) {
        const nurt::received got = co_await s.receive(memory);
        const std::string_view data(memory, got.size);
        co_await s.send_to(data, got.sender);
    }
    co_return watch.each_of(static_cast<double>(count));
}

using plain_echo = sample (*)(unsigned window, long count);
using nurt_echo = nurt::coro<sample> (*)(unsigned window, long count);

void compare(const std::string& name, unsigned window, plain_echo floor, nurt_echo ours, int rounds,
             long count) {
    using nurt::io::backend_kind;
    for (const bool uring : {false, true}) {
        nurt_bench::paired result(name + ", " + std::to_string(window) + " at once",
                                  uring ? "io_uring" : "epoll");
        const nurt::run_options options{.backend =
                                            uring ? backend_kind::uring : backend_kind::epoll};
        result.run(
            rounds, [&] { return floor(window, count); },
            [&] { return nurt::run(ours(window, count), options); });
        result.print();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 7;
    const long count = argc > 2 ? std::atol(argv[2]) : 50'000;
    for (const unsigned window : {1U, 32U}) {
        compare("batches", window, floor_batches, echo_batches, rounds, count);
        compare("one by one", window, floor_batches, echo_one_by_one, rounds, count);
    }
    compare("one by one beside one by one", batch / 2, floor_one_by_one, echo_one_by_one, rounds,
            count);
}
