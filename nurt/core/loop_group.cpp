// SPDX-License-Identifier: MIT
// nurt/core/loop_group.cpp: see the header.
#include "nurt/core/loop_group.hpp"

#include <string>

#include "nurt/base/error.hpp"
#include "nurt/core/detail/loop_set.hpp"

namespace nurt {

std::size_t loop_group::size() const noexcept {
    return all_->size();
}

event_loop& loop_group::operator[](std::size_t loop) const {
    if (loop >= size()) {
        throw usage_error("there is no loop " + std::to_string(loop) + " among " +
                          std::to_string(size()));
    }
    return all_->loop(loop);
}

void loop_group::stop() const noexcept {
    all_->stop();
}

}  // namespace nurt
