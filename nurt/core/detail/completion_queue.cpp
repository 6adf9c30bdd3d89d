// SPDX-License-Identifier: MIT
#include "nurt/core/detail/completion_queue.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/detail/completion_set.hpp"
#include "nurt/core/detail/wait_list.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

// Invariants:
//  1. waiters_ is empty, or nothing is in the queue and not all were given out.
//  2. owed_ counts what next() has still to give: ends, heard or not, and timeouts.
class completion_queue final : public completion_set, private timer_node {
public:
    completion_queue(std::size_t count, duration limit) : completion_set(count), limit_(limit) {}

    void begin() noexcept {
        owed_ = size();
        listen();
        const instant when = deadline_after(limit_);
        if (when != instant::never() && owed_ != 0) {
            event_loop::here().timers().add(*this, when);
        }
    }

    // True if the leaf has its answer.
    bool try_give(completion_leaf& to) noexcept {
        if (owed_ == 0) {
            return true;
        }
        if (first_ == nullptr && !late_) {
            return false;
        }
        --owed_;
        if (first_ == nullptr) {
            to.late_ = true;
            return true;
        }
        child* c = first_;
        first_ = c->next_done;
        to.source_ = c->source;
        return true;
    }
    void park(completion_leaf& waiter) noexcept { waiters_.push_back(waiter); }
    using completion_set::add_sources;

private:
    ~completion_queue() override { disarm(); }

    void heard(child& c) noexcept override {
        if (first_ == nullptr) {
            first_ = &c;
        } else {
            last_->next_done = &c;
        }
        last_ = &c;
        if (unheard() == 0) {
            disarm();
        }
        serve();
    }
    const future_base* waiter() const noexcept override {
        const completion_leaf* first = waiters_.front();
        return first == nullptr ? nullptr : &first->waiter();
    }
    void expire() noexcept override {
        late_ = true;
        stop_listening();
        serve();
    }
    void serve() noexcept {
        while (!waiters_.empty() && try_give(*waiters_.front())) {
            waiters_.pop_front()->complete();
        }
    }
    void disarm() noexcept {
        if (armed()) {
            event_loop::here().timers().remove(*this);
        }
    }

    duration limit_;
    std::size_t owed_ = 0;
    child* first_ = nullptr;  // ended and not given out, oldest first
    child* last_ = nullptr;
    mutable intrusive_list<completion_leaf> waiters_;
    bool late_ = false;
};

completion_queue_ref::completion_queue_ref(std::size_t count, duration limit)
    : queue_(new completion_queue(count, limit)) {}

completion_queue_ref::completion_queue_ref(const completion_queue_ref& other) noexcept
    : queue_(other.queue_) {
    queue_->retain();
}

completion_queue_ref::~completion_queue_ref() {
    if (queue_ != nullptr) {
        queue_->release();
    }
}

void completion_queue_ref::add(future_base& source) noexcept {
    queue_->add(source);
}

void completion_queue_ref::begin() noexcept {
    queue_->begin();
}

std::size_t completion_queue_ref::size() const noexcept {
    return queue_->size();
}

bool completion_leaf::await_ready() noexcept {
    return queue_.queue().try_give(*this);
}

void completion_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    queue_.queue().park(*this);
}

cancel_answer completion_leaf::cancel() noexcept {
    unlink();
    return cancel_answer::done;
}

void completion_leaf::waits_for(wait_list& list) const {
    list.any = true;
    queue_.queue().add_sources(list);
}

const void* completion_leaf::queue() const noexcept {
    return &queue_.queue();
}

future_base* completion_leaf::take() {
    if (late_) {
        throw timeout_error();
    }
    return source_;
}

void throw_no_completion() {
    throw_usage("every result of this as_completed was taken");
}

}  // namespace nurt::detail
