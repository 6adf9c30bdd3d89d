// SPDX-License-Identifier: MIT
// tests/soak/soak.hpp: what the parts of the soak share.
//
// A crowd of clients and servers on real sockets of the loopback interface, with children, files and
// signals, treat each other as badly as the random numbers say, until the time is over. Then nothing may
// be left of them, and each kind has to have done something.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/splitmix.hpp"

namespace nurt_soak {

using nurt::coro;

// Random numbers. Whoever has dice of his own decides the same for the same seed, whatever others do.
class dice {
public:
    explicit dice(std::uint64_t seed) noexcept : numbers_(seed) {}

    // 0 to n - 1.
    std::size_t below(std::size_t n) noexcept { return numbers_.below(n); }
    bool one_in(std::size_t n) noexcept { return below(n) == 0; }
    nurt::duration up_to_ms(std::size_t ms) noexcept {
        return nurt::duration::nanoseconds(static_cast<std::int64_t>(below(ms * 1'000'000 + 1)));
    }
    // Up to so much, and mostly far less: where a cancellation finds something new is early.
    nurt::duration moment(std::size_t ms) noexcept;

private:
    nurt::sim::splitmix numbers_;
};

struct world : dice {
    world(std::uint64_t first, nurt::duration length)
        : dice(first),
          seed(first),
          is_long(length >= nurt::seconds(120)),
          end(nurt::event_loop::running().time() + length) {}

    bool over() const { return nurt::event_loop::running().time() >= end; }
    dice dice_for(std::string_view who, std::size_t number) const noexcept;

    // What happened, as "kind: what".
    void did(std::string_view what);
    void wrong(const std::string& what);
    void report();
    // It is wrong if this never happens; the second: in a long run.
    void require(std::string_view what) { counts.try_emplace(std::string(what), 0); }
    void expect(std::string_view what) {
        if (is_long) {
            require(what);
        }
    }

    std::uint64_t seed;
    bool is_long;
    nurt::instant end;
    // Where servers listen that come and go: the ports of some may be closed already.
    std::uint16_t ports[4] = {};
    std::uint16_t http_port = 0;
    int file = -1;                // holds pattern(0) to pattern(file_size - 1)
    std::string folder;           // for what the actors make; nothing may be left in it
    std::uint64_t poverties = 0;  // odd: right now there are hardly any descriptors
    std::map<std::string, std::uint64_t, std::less<>> counts;
    std::string failures;
};

// Grows while anything happens.
extern std::atomic<std::uint64_t> progress;

// What a server says first. The port of one that is closed may be somebody else's the next moment,
// even the caller's own.
std::string greeting();

inline constexpr std::size_t file_size = 1 << 20;

// What is said at each place of every stream, so that whoever reads knows what has to come.
inline char pattern(std::uint64_t place) noexcept {
    return static_cast<char>(place * 2654435761U >> 13);
}
std::string patterned(std::uint64_t from, std::size_t size);
bool is_patterned(std::string_view text, std::uint64_t from) noexcept;

// Ends by itself when the time is over. Errors of the network are counted, all others are wrong.
coro<> servers(world& w, nurt::task_group& group);
coro<> clients(world& w, nurt::task_group& group);
coro<> http_crowd(world& w, nurt::task_group& group);
coro<> children(world& w, nurt::task_group& group);
coro<> signals(world& w, nurt::task_group& group);
coro<> datagrams(world& w, nurt::task_group& group);
coro<> unix_sockets(world& w, nurt::task_group& group);
coro<> shared_files(world& w, nurt::task_group& group);
coro<> names(world& w, nurt::task_group& group);
coro<> tls_crowd(world& w, nurt::task_group& group);  // if the library has TLS

// How many of the ring's buffers are there, found out by using all of them; -1: they are not used.
int buffers_left(nurt::event_loop& loop, unsigned of);

}  // namespace nurt_soak
