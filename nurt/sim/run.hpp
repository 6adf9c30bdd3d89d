// SPDX-License-Identifier: MIT
// nurt/sim/run.hpp: a whole program in simulated time.
#pragma once

#include <cstdint>
#include <utility>

#include "nurt/core/run.hpp"
#include "nurt/sim/services.hpp"

namespace nurt::sim {

// As nurt::run, but nothing sleeps, the network is inside the process, and the seed repeats the run
// exactly. Throws deadlock when everybody waits for ever.
template <class T>
T run(std::uint64_t seed, coro<T> work, const faults& plan = {},
      std::source_location place = std::source_location::current()) {
    run_options options;
    options.handle_interrupt = false;
    return nurt::run(std::move(work), make_services(seed, plan), options, place);
}

// The same for a function that nurt::run() would call on each loop; here it is one.
template <nurt::detail::loop_function Fn>
void run(std::uint64_t seed, Fn fn, const faults& plan = {},
         std::source_location place = std::source_location::current()) {
    run_options options;
    options.handle_interrupt = false;
    nurt::run(std::move(fn), make_services(seed, plan), options, place);
}

}  // namespace nurt::sim
