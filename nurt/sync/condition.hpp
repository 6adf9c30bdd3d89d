// SPDX-License-Identifier: MIT
// nurt/sync/condition.hpp: waiting under a lock for what others change under it.
//
// A waiter stands in the condition's lot until it is notified or cancelled, and then in the lock's
// until it has the lock: it moves there while it sleeps, so a notification cannot be lost.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/body.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// A lock with a place to wait in. Several conditions may share one lock.
//
// A cancelled wait() takes the lock again before it throws, whatever else arrives meanwhile. One
// that was notified already returns: the cancellation waits for the next await.
// Python: asyncio.Condition.
class condition {
public:
    class waiting final : public parked {
    public:
        explicit waiting(condition& c) noexcept : parked(c.lot_), condition_(c) {}
        bool await_ready() const {
            condition_.check_locked("cannot wait on un-acquired lock");
            return false;
        }
        void await_suspend(std::coroutine_handle<>) noexcept {
            if (park()) {
                condition_.lock_.hand_on();
            }
        }
        void await_resume() {
            if (cancelled_) [[unlikely]] {
                waiter().throw_cancelled();
            }
        }
        cancel_answer cancel() noexcept override;
        void waits_for(detail::wait_list& list) const override;

    private:
        friend class condition;
        void relock() noexcept;

        condition& condition_;
        bool cancelled_ = false;
    };

    struct statistics_t {
        std::size_t tasks_waiting;  // for a notification
        lock::statistics_t lock_statistics;
    };

    // With a lock of its own.
    condition() noexcept : lock_(own_) {}
    explicit condition(lock& shared) noexcept : lock_(shared) {}
    condition(const condition&) = delete;
    condition& operator=(const condition&) = delete;

    // Its lock's.
    [[nodiscard]] lock::acquiring acquire() noexcept { return lock_.acquire(); }
    void release() { lock_.release(); }
    bool locked() const noexcept { return lock_.locked(); }

    // co_await c.wait(): releases the lock, waits for a notification and takes the lock again.
    // Throws usage_error if the lock is not held. What was waited for may have gone again: see
    // wait_for.
    [[nodiscard]] waiting wait() noexcept { return waiting(*this); }

    // Waits until predicate() holds, which is called with the lock held; gives what it returned.
    template <class Predicate>
    [[nodiscard]] auto wait_for(Predicate&& predicate) {
        detail::check_body<Predicate>();
        return wait_until<std::decay_t<Predicate>>(std::forward<Predicate>(predicate));
    }

    // Wakes up to n waiters, or all, the longest waiting first; they go on one by one as they get
    // the lock. Throws usage_error if the lock is not held.
    void notify(std::size_t n = 1);
    void notify_all() { notify(lot_.size()); }

    statistics_t statistics() const noexcept { return {lot_.size(), lock_.statistics()}; }

private:
    template <class Predicate>
    coro<std::decay_t<std::invoke_result_t<Predicate&>>> wait_until(Predicate predicate) {
        auto value = predicate();
        while (!value) {
            co_await wait();
            value = predicate();
        }
        co_return value;
    }
    void check_locked(const char* message) const {
        if (!lock_.locked()) [[unlikely]] {
            detail::throw_usage(message);
        }
    }

    parking_lot lot_;
    lock own_;
    lock& lock_;
};

}  // namespace nurt
