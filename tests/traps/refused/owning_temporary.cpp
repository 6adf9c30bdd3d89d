// SPDX-License-Identifier: MIT
// refuses: destroys what this lambda owns twice
// only: gcc 12
#include <memory>

#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"

nurt::coro<> owning(std::unique_ptr<int> p) {
    co_await nurt::timeout(nurt::seconds(1), [q = std::move(p)]() -> nurt::coro<> {
        co_await nurt::sleep(nurt::seconds(*q));
    });
}
