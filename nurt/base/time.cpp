// SPDX-License-Identifier: MIT
#include "nurt/base/time.hpp"

#include <stdexcept>

namespace nurt::detail {

void throw_not_a_number() {
    throw std::invalid_argument("a duration must be a number, got NaN");
}

}  // namespace nurt::detail
