// SPDX-License-Identifier: MIT
// nurt/sync/semaphore.hpp: at most n at a time.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// Hands out permits, first come, first served. Python: asyncio.Semaphore.
class semaphore {
public:
    // Gives its permit back when it goes out of scope: auto permit = co_await s.acquire();
    class [[nodiscard]] permit {
    public:
        permit(permit&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
        permit& operator=(permit&& other) noexcept {
            std::swap(from_, other.from_);
            return *this;
        }
        ~permit() { release(); }
        // Before the end of the scope; may be repeated.
        void release() noexcept {
            if (from_ != nullptr) std::exchange(from_, nullptr)->release();
        }
        // Keeps the permit taken: somebody will call semaphore::release().
        void detach() noexcept { from_ = nullptr; }

    private:
        friend class semaphore;
        explicit permit(semaphore& from) noexcept : from_(&from) {}

        semaphore* from_;
    };

    class acquiring final : public parked {
    public:
        explicit acquiring(semaphore& s) noexcept : parked(s.lot_), semaphore_(s) {}
        bool await_ready() const noexcept { return semaphore_.try_take(); }
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        permit await_resume() const noexcept { return permit(semaphore_); }

    private:
        semaphore& semaphore_;
    };

    struct statistics_t {
        std::size_t value;
        std::size_t tasks_waiting;
    };

    explicit semaphore(std::size_t value = 1) noexcept : value_(value) {}
    semaphore(const semaphore&) = delete;
    semaphore& operator=(const semaphore&) = delete;

    [[nodiscard]] acquiring acquire() noexcept { return acquiring(*this); }
    // Adds a permit, or hands it to the first in the queue.
    void release() noexcept {
        if (!lot_.unpark_one()) ++value_;
    }
    // True when acquire() would have to wait.
    bool locked() const noexcept { return value_ == 0; }
    std::size_t value() const noexcept { return value_; }

    statistics_t statistics() const noexcept { return {value_, lot_.size()}; }

private:
    bool try_take() noexcept { return value_ != 0 && (--value_, true); }

    parking_lot lot_;
    std::size_t value_;
};

}  // namespace nurt
