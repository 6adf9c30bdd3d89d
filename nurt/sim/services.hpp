// SPDX-License-Identifier: MIT
// nurt/sim/services.hpp: what a loop needs to run in a simulation.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nurt/loop/services.hpp"
#include "nurt/net/resolver.hpp"
#include "nurt/sim/sim_backend.hpp"

namespace nurt::sim {

// The names of a simulation: those that were put here, and no others.
class hosts final : public resolver {
public:
    void add(std::string name, ip_address address);
    coro<std::vector<ip_address>> lookup(std::string name) override;

private:
    std::map<std::string, std::vector<ip_address>> known_;
};

// A virtual clock, a simulated network, an executor that does its work on the loop's thread a little
// later, seeded random numbers and hosts.
// The same seed and plan make a program run in exactly the same way.
services make_services(std::uint64_t seed = 0, const faults& plan = {});

}  // namespace nurt::sim
