// SPDX-License-Identifier: MIT
#include "nurt/core/wait.hpp"

#include "nurt/core/detail/completion_set.hpp"
#include "nurt/core/detail/wait_list.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

class wait_set final : public completion_set {
public:
    wait_set(std::size_t count, return_when when) : completion_set(count), when_(when) {}

    void begin(wait_leaf& waiter) noexcept {
        waiter_ = &waiter;
        listen();
    }
    void stop() noexcept { stop_listening(); }
    void waits_for(wait_list& list) const {
        list.any = when_ == return_when::first_completed;
        add_sources(list);
    }

private:
    void heard(child& c) noexcept override {
        const bool error = c.source->failed() && !c.source->cancelled();
        if (unheard() == 0 || when_ == return_when::first_completed ||
            (when_ == return_when::first_exception && error)) {
            waiter_->finish();
        }
    }

    const future_base* waiter() const noexcept override { return &waiter_->waiter(); }

    wait_leaf* waiter_ = nullptr;
    return_when when_;
};

wait_leaf::wait_leaf(std::size_t count, wait_options options)
    : set_(nullptr), timeout_(options.timeout) {
    if (count == 0) {
        throw_usage("wait needs at least one task or future");
    }
    set_ = new wait_set(count, options.return_when);
}

wait_leaf::~wait_leaf() {
    set_->release();
}

void wait_leaf::add(future_base& source) noexcept {
    set_->add(source);
}

void wait_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    set_->begin(*this);
    const instant when = deadline_after(timeout_);
    if (when != instant::never()) {
        event_loop::here().timers().add(*this, when);
    }
}

void wait_leaf::stop() noexcept {
    set_->stop();
    if (armed()) {
        event_loop::here().timers().remove(*this);
    }
}

void wait_leaf::finish() noexcept {
    stop();
    complete();
}

void wait_leaf::waits_for(wait_list& list) const {
    set_->waits_for(list);
}

void wait_leaf::expire() noexcept {
    finish();
}

cancel_answer wait_leaf::cancel() noexcept {
    stop();
    return cancel_answer::done;
}

}  // namespace nurt::detail
