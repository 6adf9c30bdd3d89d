// SPDX-License-Identifier: MIT
// bench/nurt_udp.cpp: what a datagram costs a server that echoes it, beside plain C on epoll.
//
//     nurt_udp [ROUNDS [DATAGRAMS]]
//
// A process of its own sends so many at once and waits for their echoes. Measured is the CPU time of
// the server's thread. Each sample of nurt stands between two of the floor; what is printed are the
// medians of the ratios.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/core/run.hpp"
#include "nurt/net/datagram_socket.hpp"

namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t size = 64;

double cpu_seconds() {
    rusage use{};
    ::getrusage(RUSAGE_THREAD, &use);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

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

double floor_sample(unsigned window, long count) {
    const int s = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    ::bind(s, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    ::getsockname(s, reinterpret_cast<sockaddr*>(&at), &length);
    const int set = ::epoll_create1(0);
    epoll_event event{};
    event.events = EPOLLIN;
    ::epoll_ctl(set, EPOLL_CTL_ADD, s, &event);
    static messages m;
    static sockaddr_in peers[batch];
    const loader l(ntohs(at.sin_port), window);
    const double before = cpu_seconds();
    for (long done = 0; done < count;) {
        ::epoll_wait(set, &event, 1, -1);
        for (std::size_t i = 0; i < batch; ++i) {
            m.headers[i].msg_hdr.msg_name = &peers[i];
            m.headers[i].msg_hdr.msg_namelen = sizeof peers[i];
            m.vectors[i].iov_len = size;
        }
        const int n = ::recvmmsg(s, m.headers, batch, 0, nullptr);
        if (n > 0) {
            for (int i = 0; i < n; ++i) {
                m.vectors[i].iov_len = m.headers[i].msg_len;
            }
            done += ::sendmmsg(s, m.headers, static_cast<unsigned>(n), 0);
        }
    }
    const double result = cpu_seconds() - before;
    ::close(set);
    ::close(s);
    return result / static_cast<double>(count);
}

nurt::coro<double> echo_batches(unsigned window, long count) {
    auto s = nurt::open_datagram_socket(nurt::socket_address(nurt::ip_address::loopback_v4(), 0));
    static char memory[batch][size];
    static std::array<nurt::datagram_slot, batch> slots;
    for (std::size_t i = 0; i < batch; ++i) {
        slots[i].data = memory[i];
        slots[i].room = size;
    }
    const loader l(s.port(), window);
    const double before = cpu_seconds();
    for (long done = 0; done < count;) {
        const std::size_t n = co_await s.receive_many(slots);
        const std::size_t sent = co_await s.send_many(std::span(slots).first(n));
        done += static_cast<long>(sent);
    }
    co_return (cpu_seconds() - before) / static_cast<double>(count);
}

nurt::coro<double> echo_one_by_one(unsigned window, long count) {
    auto s = nurt::open_datagram_socket(nurt::socket_address(nurt::ip_address::loopback_v4(), 0));
    static char memory[size];
    const loader l(s.port(), window);
    const double before = cpu_seconds();
    for (long done = 0; done < count; ++done) {
        const nurt::received got = co_await s.receive(memory);
        const std::string_view data(memory, got.size);
        co_await s.send_to(data, got.sender);
    }
    co_return (cpu_seconds() - before) / static_cast<double>(count);
}

double sample(bool batches, nurt::io::backend_kind kind, unsigned window, long count) {
    const nurt::run_options options{.backend = kind};
    return batches ? nurt::run(echo_batches(window, count), options)
                   : nurt::run(echo_one_by_one(window, count), options);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void compare(const char* name, bool batches, nurt::io::backend_kind kind, unsigned window,
             int rounds, long count) {
    std::vector<double> ratios;
    std::vector<double> times;
    double before = floor_sample(window, count);
    for (int i = 0; i < rounds; ++i) {
        const double ours = sample(batches, kind, window, count);
        const double after = floor_sample(window, count);
        ratios.push_back(ours / ((before + after) / 2));
        times.push_back(ours);
        before = after;
    }
    std::printf("%-32s %3u at once: %6.0f ns, %.3f of the floor\n", name, window,
                median(times) * 1e9, median(ratios));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    const long count = argc > 2 ? std::atol(argv[2]) : 200'000;
    using nurt::io::backend_kind;
    for (const unsigned window : {1U, 32U}) {
        compare("batches, epoll", true, backend_kind::epoll, window, rounds, count);
        compare("batches, io_uring", true, backend_kind::uring, window, rounds, count);
        compare("one by one, epoll", false, backend_kind::epoll, window, rounds, count);
        compare("one by one, io_uring", false, backend_kind::uring, window, rounds, count);
    }
}
