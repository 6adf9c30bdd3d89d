// SPDX-License-Identifier: MIT
#include "nurt/threads/run_coroutine_threadsafe.hpp"

#include "nurt/base/error.hpp"

namespace nurt::detail {

crossing_base::crossing_base(event_loop& loop, concurrent_base& result)
    : result_(result), loop_(loop), cancels_(new bridge(loop, *this)) {
    result_.retain();
    // A result that was set needs no cancelling: the end has been cut by then, or does nothing.
    result_.add_done_callback(bridge_call(*cancels_));
}

crossing_base::~crossing_base() {
    cancels_->cut();
    result_.release();
}

void crossing_base::run() noexcept {
    if (task_ == nullptr) {
        begin();
    } else {
        pass_on();
    }
}

// The loop was closed. A task that has ended meanwhile is not worth less for it.
void crossing_base::discard() noexcept {
    if (task_ != nullptr) {
        pass_on();
    } else {
        result_.cancel();
        delete this;
    }
}

void crossing_base::begin() noexcept {
    if (result_.done()) {
        delete this;
        return;
    }
    try {
        const context_entry entry(context_.box());
        task_ = &make_task();
        task_->listen(*this);
    } catch (...) {  // the function or the copy of its arguments
        if (result_.claim()) {
            result_.settle_error(std::current_exception());
        }
        delete this;
    }
}

void crossing_base::settled(future_base&) noexcept {
    loop_.push_ready(*this);
}

void crossing_base::called() noexcept {
    if (task_ != nullptr && result_.cancelled()) {
        task_->cancel(shared_text());
    }
}

void crossing_base::pass_on() noexcept {
    task_->mark_retrieved();
    if (task_->cancelled()) {
        result_.cancel();
    } else if (result_.claim()) {
        if (task_->failed()) {
            result_.settle_error(task_->result_base().error);
        } else {
            try {
                pass_value();
                result_.finish();
            } catch (...) {  // the move's error is the result
                result_.settle_error(std::current_exception());
            }
        }
    }
    task_->release();
    delete this;
}

void throw_loop_closed() {
    throw usage_error("event loop is closed");
}

}  // namespace nurt::detail
