// SPDX-License-Identifier: MIT
// nurt/loop/machine_random.hpp: numbers nobody chose.
#pragma once

#include <memory>

#include "nurt/loop/services.hpp"

namespace nurt {

// Seeded by the machine. Not for secrets.
std::unique_ptr<random_source> make_machine_random();

}  // namespace nurt
