// SPDX-License-Identifier: MIT
// nurt/sim/services.cpp: see the header.
#include "nurt/sim/services.hpp"

#include "nurt/sim/splitmix.hpp"

namespace nurt::sim {

namespace {

class inline_executor final : public executor {
public:
    void post(unique_function<void()> work) override { work(); }
};

}  // namespace

services make_services(std::uint64_t seed, const faults& plan) {
    auto clock = std::make_unique<virtual_clock>();
    services s;
    s.backend = make_backend(*clock, seed, plan);
    s.clock = std::move(clock);
    s.executor = std::make_unique<inline_executor>();
    s.random = std::make_unique<splitmix>(seed ^ 0x6a09e667f3bcc908);  // not the network's numbers
    return s;
}

}  // namespace nurt::sim
