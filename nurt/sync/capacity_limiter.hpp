// SPDX-License-Identifier: MIT
// nurt/sync/capacity_limiter.hpp: at most n tasks at a time, known by name.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// A semaphore that knows who holds its tokens: a task that asks for a second one gets usage_error,
// where with a semaphore it could wait for itself. The number of tokens may change at any time.
// First come, first served. Source: CapacityLimiter of Python's trio and anyio.
class capacity_limiter {
public:
    // Gives its token back when it goes out of scope: auto token = co_await limiter.acquire();
    class [[nodiscard]] token : private list_link {
    public:
        token(token&& other) noexcept { move_from(other); }
        token& operator=(token&& other) noexcept {
            if (this != &other) {
                release();
                move_from(other);
            }
            return *this;
        }
        ~token() { release(); }
        // Before the end of the scope; may be repeated.
        void release() noexcept;

    private:
        friend class capacity_limiter;
        friend class intrusive_list<token>;
        token(capacity_limiter& from, std::uint64_t borrower) noexcept;
        void move_from(token& other) noexcept;

        capacity_limiter* from_ = nullptr;
        std::uint64_t borrower_ = 0;
    };

    class [[nodiscard]] acquiring final : public parked {
    public:
        explicit acquiring(capacity_limiter& l) noexcept : parked(l.lot_), limiter_(l) {}
        bool await_ready() const { return limiter_.try_take(running_task_number()); }
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        token await_resume() const noexcept { return token(limiter_, running_task_number()); }
        void waits_for(detail::wait_list& list) const override;

    private:
        capacity_limiter& limiter_;
    };

    struct statistics_t {
        std::size_t borrowed_tokens;
        std::size_t total_tokens;
        std::size_t tasks_waiting;
    };

    explicit capacity_limiter(std::size_t total_tokens) noexcept : total_(total_tokens) {}
    capacity_limiter(const capacity_limiter&) = delete;
    capacity_limiter& operator=(const capacity_limiter&) = delete;

    acquiring acquire() noexcept { return acquiring(*this); }
    // Throws would_block when there is no token, usage_error like acquire().
    token acquire_nowait();

    std::size_t total_tokens() const noexcept { return total_; }
    // More tokens wake those who wait; fewer take effect as tokens come back.
    void set_total_tokens(std::size_t total) noexcept;
    std::size_t borrowed_tokens() const noexcept { return borrowed_; }
    std::size_t available_tokens() const noexcept {
        return borrowed_ < total_ ? total_ - borrowed_ : 0;
    }

    // The tasks that hold a token and have not ended. Takes time in proportion to the number of
    // tasks and tokens.
    std::vector<task_view> borrowers() const;
    statistics_t statistics() const noexcept { return {borrowed_, total_, lot_.size()}; }

private:
    using token_list = intrusive_list<token>;
    static constexpr std::size_t buckets = 16;  // with 40 tokens, looking for one sees two or three

    bool try_take(std::uint64_t borrower);
    void hand_on() noexcept;
    token_list& tokens_of(std::uint64_t borrower) const noexcept {
        return tokens_[borrower % buckets];
    }

    parking_lot lot_;
    mutable token_list tokens_[buckets];
    std::size_t total_;
    std::size_t borrowed_ = 0;  // handed out, also to waiters that have not run yet
};

}  // namespace nurt
