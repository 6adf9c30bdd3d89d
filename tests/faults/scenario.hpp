// SPDX-License-Identifier: MIT
// tests/faults/scenario.hpp: a program that does a little of everything with the network.
//
// It is run again and again, and each time something else goes wrong.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/core/run.hpp"
#include "nurt/loop/services.hpp"

namespace nurt_test {

// How the parts of it ended.
struct journal {
    void note(std::string_view part, const std::exception_ptr& error);

    std::vector<std::string> errors;  // that a program has to expect: what the calls said
    std::vector<std::string> wrong;   // everything else
    bool finished = false;
};

// All the parts, one after the other; a part that fails does not keep the next from running.
nurt::coro<> scenario(journal& j, int file);

// Runs the scenario, and gives its journal. What it leaves behind (descriptors, coroutine frames) is
// wrong as well.
journal run_scenario(const std::function<nurt::services()>& make_parts,
                     nurt::io::backend_kind backend);

}  // namespace nurt_test
