// SPDX-License-Identifier: MIT
// nurt/sim/services.cpp: see the header.
#include "nurt/sim/services.hpp"

#include "nurt/sim/splitmix.hpp"

#include <memory>
#include <utility>

namespace nurt::sim {

namespace {

class inline_executor final : public executor {
public:
    void post(unique_function<void()> work) override { work(); }
};

}  // namespace

void hosts::add(std::string name, ip_address address) {
    known_[std::move(name)].push_back(address);
}

coro<std::vector<ip_address>> hosts::lookup(std::string name) {
    const auto found = known_.find(name);
    if (found == known_.end()) {
        throw resolve_error(name, "Domain name not found");
    }
    co_return found->second;
}

services make_services(std::uint64_t seed, const faults& plan) {
    auto clock = std::make_unique<virtual_clock>();
    services s;
    s.backend = make_backend(*clock, seed, plan);
    s.clock = std::move(clock);
    s.executor = std::make_unique<inline_executor>();
    s.random = std::make_unique<splitmix>(seed ^ 0x6a09e667f3bcc908);  // not the network's numbers
    s.resolver = std::make_unique<hosts>();
    return s;
}

}  // namespace nurt::sim
