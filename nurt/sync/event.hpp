// SPDX-License-Identifier: MIT
// nurt/sync/event.hpp: something has happened.
#pragma once

#include <coroutine>
#include <cstddef>

#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// A flag that tasks can wait for. Python: asyncio.Event.
class event {
public:
    class waiting final : public parked {
    public:
        explicit waiting(event& e) noexcept : parked(e.lot_), event_(e) {}
        bool await_ready() const noexcept { return event_.set_; }
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        void await_resume() const noexcept {}

    private:
        event& event_;
    };

    struct statistics_t {
        std::size_t tasks_waiting;
    };

    event() = default;
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    // Wakes everybody who waits now, even if clear() follows at once.
    void set() noexcept {
        set_ = true;
        lot_.unpark_all();
    }
    void clear() noexcept { set_ = false; }
    bool is_set() const noexcept { return set_; }

    // co_await e.wait(): goes on at once while the event is set.
    [[nodiscard]] waiting wait() noexcept { return waiting(*this); }

    statistics_t statistics() const noexcept { return {lot_.size()}; }

private:
    parking_lot lot_;
    bool set_ = false;
};

}  // namespace nurt
