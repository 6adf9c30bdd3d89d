// SPDX-License-Identifier: MIT
// nurt/loop/monotonic_clock.hpp: the machine's clock that is never set back.
#pragma once

#include <memory>

#include "nurt/loop/services.hpp"

namespace nurt {

std::unique_ptr<clock> make_monotonic_clock();

}  // namespace nurt
