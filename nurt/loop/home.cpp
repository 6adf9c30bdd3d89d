// SPDX-License-Identifier: MIT
#include "nurt/loop/home.hpp"

#include <atomic>

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

namespace {

constexpr std::uint32_t home_count = 1U << home_shift;

// Zero pages until they are used.
constinit std::atomic<event_loop*> homes[home_count]{};
constinit std::atomic<std::uint32_t> last_claimed{0};

}  // namespace

home_id claim_home(event_loop& loop) {
    for (std::uint32_t tries = 0; tries < home_count; ++tries) {
        const std::uint32_t number =
            last_claimed.fetch_add(1, std::memory_order_relaxed) % (home_count - 1) + 1;
        event_loop* nobody = nullptr;
        if (homes[number].compare_exchange_strong(nobody, &loop, std::memory_order_release,
                                                  std::memory_order_relaxed)) {
            return number << home_shift;
        }
    }
    throw usage_error("cannot make another event loop: 65535 are alive");
}

void release_home(home_id home) noexcept {
    homes[home >> home_shift].store(nullptr, std::memory_order_release);
}

event_loop* loop_at(home_id home) noexcept {
    return homes[home >> home_shift].load(std::memory_order_acquire);
}

void visit::enter(home_id home) noexcept {
    event_loop* there = loop_at(home);
    if (there == nullptr) {
        return;  // it has gone, and with it whoever waited
    }
    loop_ = this_thread.loop;
    core_ = this_thread.core != nullptr ? this_thread.core : &there->core();
    this_thread.loop = there;
    this_thread.core = &there->core();
    this_thread.home = home;
}

void visit::leave() noexcept {
    this_thread.loop = loop_;
    this_thread.core = core_;
    this_thread.home = core_->home;
}

}  // namespace nurt::detail
