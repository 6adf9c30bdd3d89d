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
    void add(std::string name, ip_address address);  // and the name of the address
    void add_mx(std::string domain, mail_exchanger host);
    void add_txt(std::string name, std::string text);

    coro<std::vector<ip_address>> lookup(std::string name) override;
    coro<std::vector<mail_exchanger>> lookup_mx(std::string domain) override;
    coro<std::vector<std::string>> lookup_txt(std::string name) override;
    coro<std::vector<std::string>> lookup_ptr(ip_address address) override;

private:
    std::map<std::string, std::vector<ip_address>> known_;
    std::map<std::string, std::vector<mail_exchanger>> exchangers_;
    std::map<std::string, std::vector<std::string>> texts_;
    std::map<ip_address, std::vector<std::string>> names_;
};

// A virtual clock, a simulated network, an executor that does its work on the loop's thread a little
// later, seeded random numbers and hosts.
// The same seed and plan make a program run in exactly the same way.
services make_services(std::uint64_t seed = 0, const faults& plan = {});

}  // namespace nurt::sim
