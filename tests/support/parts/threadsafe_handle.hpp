// SPDX-License-Identifier: MIT
// tests/support/parts/threadsafe_handle.hpp: what the tests of this name in tests/parity and tests/loop share.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt_test::threadsafe_handle_parts {

// Blocks until open() was called.
class gate {
public:
    void open() noexcept {
        open_ = true;
        open_.notify_all();
    }
    void pass() const noexcept { open_.wait(false); }

private:
    std::atomic<bool> open_{false};
};

}  // namespace nurt_test::threadsafe_handle_parts
