// SPDX-License-Identifier: MIT
// nurt/sim/sim_backend.hpp: a network without a machine, in virtual time.
//
// Listeners, connections and bytes live inside the process, and waiting moves a clock instead of
// sleeping. Whatever the world may do to a program is drawn from a seed, so a run can be repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "nurt/base/error.hpp"
#include "nurt/base/time.hpp"
#include "nurt/io/backend.hpp"
#include "nurt/sim/virtual_clock.hpp"

namespace nurt::sim {

// Everybody waits for somebody else: no timer is armed and nothing is on its way.
class deadlock : public error {
public:
    using error::error;
};

// What the network does to the program. The default is a perfect one.
struct faults {
    duration latency;                // of each piece of data, one way, at least
    duration jitter;                 // and up to this much more
    double short_reads = 0;          // probability that a read gives less than there is
    double short_writes = 0;         // probability that a write takes less than it could
    std::size_t reset_after = 0;     // bytes over a connection, both ways, until a reset; 0: never
    std::size_t buffer = 65536;      // bytes one direction of a connection holds
    int descriptors = 1'000'000;     // how many may be open at once
    double datagram_loss = 0;        // probability that a datagram never arrives
    double datagram_duplicates = 0;  // probability that one of the others arrives twice
};

// The clock has to live as long as the backend. Descriptors start at 1 << 20, so that one that gets
// into a real system call is an error there instead of somebody's file.
std::unique_ptr<io::backend> make_backend(virtual_clock& clock, std::uint64_t seed,
                                          const faults& plan = {});

}  // namespace nurt::sim
