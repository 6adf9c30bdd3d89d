// SPDX-License-Identifier: MIT
// nurt/sync/queue.hpp: items that tasks leave for each other.
//
// An item that is put while somebody waits for one is handed over at once and is never in the
// queue: neither qsize() nor get_nowait() sees it.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "nurt/sync/detail/exchange.hpp"
#include "nurt/sync/detail/fifo_store.hpp"
#include "nurt/sync/errors.hpp"
#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// What queue, priority_queue and lifo_queue have in common; Store decides on the order. T has to be
// movable without exceptions. When producers come and go, or the consumers may give up, use
// open_channel.
template <class T, class Store>
class basic_queue {
public:
    class [[nodiscard]] putting final : public detail::giver<T> {
    public:
        putting(basic_queue& q, T&& what) noexcept
            : detail::giver<T>(q.exchange_.givers, std::move(what)), queue_(q) {}
        bool await_ready() { return queue_.give(this->item); }
        void await_suspend(std::coroutine_handle<>) noexcept { this->park(); }
        void await_resume() const {
            if (this->refused) detail::throw_queue_shut_down();
        }

    private:
        basic_queue& queue_;
    };

    class [[nodiscard]] getting : public detail::taker<T> {
    public:
        explicit getting(basic_queue& q) noexcept
            : detail::taker<T>(q.exchange_.takers), queue_(q) {}
        bool await_ready() const noexcept {
            return queue_.exchange_.can_take() || queue_.is_shut_down_;
        }
        void await_suspend(std::coroutine_handle<>) noexcept { this->park(); }
        T await_resume() {
            if (this->item) return std::move(*this->item);
            if (queue_.exchange_.can_take()) return queue_.exchange_.take();
            detail::throw_queue_shut_down();
        }

    protected:
        basic_queue& queue_;
    };

    class [[nodiscard]] next_awaitable final : public getting {
    public:
        using getting::getting;
        std::optional<T> await_resume() {
            if (this->item) return std::move(this->item);
            return this->queue_.try_get();
        }
    };

    class [[nodiscard]] joining final : public parked {
    public:
        explicit joining(basic_queue& q) noexcept : parked(q.joiners_), queue_(q) {}
        bool await_ready() const noexcept { return queue_.unfinished() == 0; }
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        void await_resume() const noexcept {}

    private:
        basic_queue& queue_;
    };

    struct statistics_t {
        std::size_t size;
        std::ptrdiff_t maxsize;
        std::size_t getters_waiting;
        std::size_t putters_waiting;
        std::uint64_t unfinished;
        bool is_shut_down;
    };

    // maxsize in items; zero or less is no limit.
    explicit basic_queue(std::ptrdiff_t maxsize = 0) noexcept
        : exchange_(maxsize > 0 ? static_cast<std::size_t>(maxsize) : SIZE_MAX),
          maxsize_(maxsize) {}
    basic_queue(const basic_queue&) = delete;
    basic_queue& operator=(const basic_queue&) = delete;

    // co_await q.put(item): waits while the queue is full; throws queue_shut_down. A cancelled one
    // has put nothing.
    putting put(T item) noexcept { return putting(*this, std::move(item)); }
    // co_await q.get(): waits while it is empty; throws queue_shut_down once it is shut down and
    // empty. A get that was cancelled has taken nothing.
    getting get() noexcept { return getting(*this); }
    // The same with an empty optional for the end: while (auto item = co_await q.next()).
    next_awaitable next() noexcept { return next_awaitable(*this); }

    // Throw queue_full, queue_empty, queue_shut_down.
    void put_nowait(T item) {
        if (!give(item)) detail::throw_queue_full();
    }
    T get_nowait() {
        if (exchange_.can_take()) return exchange_.take();
        if (is_shut_down_) detail::throw_queue_shut_down();
        detail::throw_queue_empty();
    }
    // False when full or shut down; the item is moved from only when true.
    bool try_put(T&& item) { return !is_shut_down_ && exchange_.give(item); }
    bool try_put(const T& item) { return try_put(T(item)); }
    std::optional<T> try_get() {
        if (!exchange_.can_take()) return std::nullopt;
        return std::optional<T>(exchange_.take());
    }

    // Says that an item which was got has been dealt with. Throws usage_error if there is none.
    void task_done() {
        if (unfinished() == 0) detail::throw_task_done_too_often();
        ++finished_;
        wake_joiners();
    }
    // co_await q.join(): until task_done() was called for every item that was put.
    joining join() noexcept { return joining(*this); }

    // From now on nothing can be put, and who waits to put gets queue_shut_down. What is in the
    // queue can still be got; immediate drops it, and counts it as done.
    void shutdown(bool immediate = false) noexcept {
        is_shut_down_ = true;
        if (immediate) {
            finished_ += exchange_.store.size();
            exchange_.store.clear();
            wake_joiners();
        }
        exchange_.refuse_givers();
        exchange_.takers.unpark_all();
    }

    std::size_t qsize() const noexcept { return exchange_.store.size(); }
    bool empty() const noexcept { return exchange_.store.empty(); }
    bool full() const noexcept { return qsize() >= exchange_.capacity; }
    std::ptrdiff_t maxsize() const noexcept { return maxsize_; }

    statistics_t statistics() const noexcept {
        return {qsize(),      maxsize_,     exchange_.takers.size(), exchange_.givers.size(),
                unfinished(), is_shut_down_};
    }

private:
    bool give(T& item) {
        if (is_shut_down_) detail::throw_queue_shut_down();
        return exchange_.give(item);
    }
    std::uint64_t unfinished() const noexcept { return exchange_.entered - finished_; }
    void wake_joiners() noexcept {
        if (unfinished() == 0) joiners_.unpark_all();
    }

    detail::exchange<T, Store> exchange_;
    parking_lot joiners_;
    std::ptrdiff_t maxsize_;
    std::uint64_t finished_ = 0;
    bool is_shut_down_ = false;
};

// First in, first out. Python: asyncio.Queue.
template <class T>
class queue final : public basic_queue<T, detail::fifo_store<T>> {
public:
    using basic_queue<T, detail::fifo_store<T>>::basic_queue;
};

}  // namespace nurt
