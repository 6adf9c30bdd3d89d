// SPDX-License-Identifier: MIT
// nurt/sync/semaphore.hpp: at most n at a time.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// Hands out permits, first come, first served. When the same task must not take two, or the number
// changes, use capacity_limiter. Python: asyncio.Semaphore.
class semaphore {
public:
    // Gives its permit back when it goes out of scope: auto permit = co_await s.acquire();
    class [[nodiscard]] permit : private list_link {
    public:
        permit(permit&& other) noexcept { move_from(other); }
        permit& operator=(permit&& other) noexcept {
            if (this != &other) {
                release();
                move_from(other);
            }
            return *this;
        }
        ~permit() { release(); }
        // Before the end of the scope; may be repeated.
        void release() noexcept {
            if (from_ != nullptr) leave()->give_back();
        }
        // Keeps the permit taken: somebody will call semaphore::release().
        void detach() noexcept {
            if (from_ != nullptr) leave();
        }

    private:
        friend class semaphore;
        friend class intrusive_list<permit>;
        permit(semaphore& from, std::uint64_t owner) noexcept : from_(&from), owner_(owner) {
            from.permits_.push_back(*this);
        }
        semaphore* leave() noexcept {
            unlink();
            return std::exchange(from_, nullptr);
        }
        void move_from(permit& other) noexcept {
            if (other.from_ == nullptr) return;
            from_ = other.leave();
            owner_ = other.owner_;
            from_->permits_.push_back(*this);
        }

        semaphore* from_ = nullptr;
        std::uint64_t owner_ = 0;
    };

    class acquiring final : public parked {
    public:
        explicit acquiring(semaphore& s) noexcept : parked(s.lot_), semaphore_(s) {}
        bool await_ready() const noexcept { return semaphore_.try_take(); }
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        permit await_resume() const noexcept { return permit(semaphore_, running_task_number()); }
        void waits_for(detail::wait_list& list) const override;

    private:
        semaphore& semaphore_;
    };

    struct statistics_t {
        std::size_t value;
        std::size_t tasks_waiting;
    };

    // Throws usage_error for what was a negative number.
    explicit semaphore(std::size_t value = 1) : value_(value) {
        if (value > SIZE_MAX / 2) refuse_value();
    }
    semaphore(const semaphore&) = delete;
    semaphore& operator=(const semaphore&) = delete;

    [[nodiscard]] acquiring acquire() noexcept { return acquiring(*this); }
    // Adds a permit, or hands it to the first in the queue.
    void release() noexcept { give_back(); }
    // True when acquire() would have to wait.
    bool locked() const noexcept { return value_ == 0; }
    std::size_t value() const noexcept { return value_; }

    // The tasks that acquired the permits that are out; without detached ones, and without tasks
    // that have ended. Takes time in proportion to the number of tasks and permits.
    std::vector<task_view> holders() const;
    statistics_t statistics() const noexcept { return {value_, lot_.size()}; }

private:
    bool try_take() noexcept { return value_ != 0 && (--value_, true); }
    void give_back() noexcept {
        if (!lot_.unpark_one()) ++value_;
    }
    [[noreturn]] static void refuse_value();

    parking_lot lot_;
    mutable intrusive_list<permit> permits_;
    std::size_t value_;
};

}  // namespace nurt
