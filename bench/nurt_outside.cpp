// SPDX-License-Identifier: MIT
// bench/nurt_outside.cpp: one thing a program does with the world outside, so many times, to be counted.
//
//     nurt_outside WORKLOAD epoll|uring COUNT
//
//     udp      a datagram is received and echoed; asked and answered one at a time
//     udpmany  the same, received and sent in batches of 32
//     pread    4 KiB of a cached file, read by one task
//     pread64  the same by 64 tasks
//     cat      64 bytes written to cat and read back
//     spawn    /bin/true started and waited for
//
// Everything happens in one thread and one loop, so that the count does not depend on who is faster.
// The client of udp makes two system calls of its own for each window, see client_calls in counts.py.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nurt/core/run.hpp"
#include "nurt/core/task.hpp"
#include "nurt/files/file.hpp"
#include "nurt/files/temporary.hpp"
#include "nurt/net/datagram_socket.hpp"
#include "nurt/process/process.hpp"
#include "nurt/sim/splitmix.hpp"
#include "nurt/sync/event.hpp"

namespace {

using nurt::coro;

constexpr std::size_t size = 64;
constexpr std::size_t page = 4096;
constexpr unsigned window = 32;

// Sends so many datagrams at once and takes their echoes, by one system call each.
class client {
public:
    client(std::uint16_t port, unsigned count)
        : socket_(::socket(AF_INET, SOCK_DGRAM, 0)), count_(count) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        for (unsigned i = 0; i < count_; ++i) {
            vectors_[i] = {.iov_base = memory_[i], .iov_len = size};
            headers_[i].msg_hdr.msg_iov = &vectors_[i];
            headers_[i].msg_hdr.msg_iovlen = 1;
        }
    }
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client() { ::close(socket_); }

    void ask() { expect(::sendmmsg(socket_, headers_, count_, 0)); }
    void take_answers() { expect(::recvmmsg(socket_, headers_, count_, 0, nullptr)); }

private:
    void expect(int done) const {
        if (done != static_cast<int>(count_)) {
            std::perror("client");
            std::exit(1);
        }
    }

    int socket_;
    unsigned count_;
    char memory_[window][size] = {};
    iovec vectors_[window] = {};
    mmsghdr headers_[window] = {};
};

coro<> ask(client& c, nurt::event& answered, long rounds) {
    for (long i = 0; i < rounds; ++i) {
        c.ask();
        co_await answered.wait();
        answered.clear();
        c.take_answers();
    }
}

coro<> udp(long count) {
    auto s = nurt::open_datagram_socket(nurt::socket_address(nurt::ip_address::loopback_v4(), 0));
    client c(s.port(), 1);
    nurt::event answered;
    auto asking = nurt::create_task(ask, std::ref(c), std::ref(answered), count);
    static char memory[size];
    for (long i = 0; i < count; ++i) {
        const nurt::received got = co_await s.receive(memory);
        const std::string_view data(memory, got.size);
        co_await s.send_to(data, got.sender);
        answered.set();
    }
    co_await asking;
}

coro<> udpmany(long count) {
    auto s = nurt::open_datagram_socket(nurt::socket_address(nurt::ip_address::loopback_v4(), 0));
    client c(s.port(), window);
    nurt::event answered;
    auto asking = nurt::create_task(ask, std::ref(c), std::ref(answered), count / window);
    static char memory[64][size];
    static std::array<nurt::datagram_slot, 64> slots;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        slots[i].data = memory[i];
        slots[i].room = size;
    }
    for (long done = 0; done < count / window * window;) {
        const std::size_t n = co_await s.receive_many(slots);
        const std::size_t sent = co_await s.send_many(std::span(slots).first(n));
        done += static_cast<long>(sent);
        if (done % window == 0) {
            answered.set();
        }
    }
    co_await asking;
}

coro<> read_pages(nurt::files::file& f, long count) {
    nurt::sim::splitmix random(1);
    std::vector<char> memory(page);
    for (long i = 0; i < count; ++i) {
        co_await f.pread(std::span<char>(memory), random.below(256) * page);
    }
}

coro<> pread(long count, long tasks) {
    nurt::files::file f = co_await nurt::files::temporary_file();
    const std::vector<char> memory(256 * page, 'x');
    co_await f.write(std::string_view(memory.data(), memory.size()));
    std::vector<nurt::task<void>> all;
    for (long i = 0; i < tasks; ++i) {
        all.push_back(nurt::create_task(read_pages, std::ref(f), count / tasks));
    }
    for (auto& one : all) {
        co_await one;
    }
}

coro<> cat(long count) {
    nurt::process p = co_await nurt::create_subprocess_exec(
        "/bin/cat", {}, {.stdin = nurt::subprocess::pipe, .stdout = nurt::subprocess::pipe});
    static const char message[size] = {};
    const std::unique_ptr<char[]> buffer(new char[page]);
    for (long i = 0; i < count; ++i) {
        co_await p.stdin().write(std::string_view(message, size));
        co_await p.stdout().read_some(std::span(buffer.get(), page));
    }
    p.stdin().close();
    co_await p.wait();
}

coro<> spawn(long count) {
    for (long i = 0; i < count; ++i) {
        nurt::process p = co_await nurt::create_subprocess_exec("/bin/true");
        co_await p.wait();
    }
}

coro<> work(std::string_view name, long count) {
    if (name == "udp") {
        return udp(count);
    }
    if (name == "udpmany") {
        return udpmany(count);
    }
    if (name == "pread") {
        return pread(count, 1);
    }
    if (name == "pread64") {
        return pread(count, 64);
    }
    return name == "cat" ? cat(count) : spawn(count);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: nurt_outside udp|udpmany|pread|pread64|cat|spawn epoll|uring COUNT\n",
                   stderr);
        return 2;
    }
    using nurt::io::backend_kind;
    const bool uring = argv[2] == std::string_view("uring");
    nurt::run(work(argv[1], std::atol(argv[3])),
              {.backend = uring ? backend_kind::uring : backend_kind::epoll});
}
