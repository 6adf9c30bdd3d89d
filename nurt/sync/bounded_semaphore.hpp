// SPDX-License-Identifier: MIT
// nurt/sync/bounded_semaphore.hpp: a semaphore that notices one release too many.
#pragma once

#include <cstddef>

#include "nurt/sync/semaphore.hpp"

namespace nurt {

// release() throws usage_error when there would be more permits than in the beginning.
// Python: asyncio.BoundedSemaphore.
class bounded_semaphore final : public semaphore {
public:
    explicit bounded_semaphore(std::size_t value = 1) : semaphore(value), bound_(value) {}

    void release();
    std::size_t bound() const noexcept { return bound_; }

private:
    std::size_t bound_;
};

}  // namespace nurt
