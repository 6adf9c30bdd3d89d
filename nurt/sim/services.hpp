// SPDX-License-Identifier: MIT
// nurt/sim/services.hpp: what a loop needs to run in a simulation.
#pragma once

#include <cstdint>

#include "nurt/loop/services.hpp"
#include "nurt/sim/sim_backend.hpp"

namespace nurt::sim {

// A virtual clock, a simulated network, an executor that works inline and seeded random numbers.
// The same seed and plan make a program run in exactly the same way.
services make_services(std::uint64_t seed = 0, const faults& plan = {});

}  // namespace nurt::sim
