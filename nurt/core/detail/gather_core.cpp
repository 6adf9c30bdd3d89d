// SPDX-License-Identifier: MIT
#include "nurt/core/detail/gather_core.hpp"

#include <new>
#include <utility>

#include "nurt/core/detail/wait_list.hpp"

namespace nurt::detail {

gather_core::gather_core(future_base& self, std::size_t count, gather_mode mode)
    : self_(self),
      children_(static_cast<child*>(::operator new(count * sizeof(child)))),
      mode_(mode) {}

gather_core::~gather_core() {
    for (std::size_t i = 0; i < count_; ++i) {
        future_base& source = *children_[i].source;
        if (!source.done()) {  // only when adding the next one failed
            source.unlisten(children_[i]);
        }
        source.release();
    }
    ::operator delete(children_);
}

void gather_core::add(future_base& source) noexcept {
    child& c = *new (&children_[count_++]) child(*this, source);
    if (source.done()) {
        take_error(source);
    } else {
        ++pending_;
        source.listen(c);
    }
}

void gather_core::begin() {
    if (pending_ != 0) {
        self_.retain();
    }
    if (pending_ == 0 || first_error_) {
        end();
    }
}

void gather_core::take_error(future_base& from) noexcept {
    if (!from.failed()) {
        return;
    }
    from.mark_retrieved();
    if (mode_ != gather_mode::keep_errors && !first_error_ && !self_.done()) {
        first_error_ = from.result_base().error;
    }
}

void gather_core::child_settled(future_base& from) noexcept {
    --pending_;
    const bool had_error = static_cast<bool>(first_error_);
    take_error(from);
    // While a cancellation is under way the end waits for all of them.
    const bool first = !had_error && first_error_ && !cancel_requested_;
    if (pending_ == 0 || first) {
        queue();
    }
}

void gather_core::queue() noexcept {
    if (!queued_) {
        queued_ = true;
        this_thread.core->ready.push(self_);
    }
}

void gather_core::finish() noexcept {
    queued_ = false;
    if (!self_.done()) {
        end();
    }
    let_go();
}

void gather_core::end() noexcept {
    if (cancel_requested_) {
        if (pending_ == 0) {
            self_.settle_cancelled(cancel_message_);
        }
        return;
    }
    if (first_error_) {
        if (mode_ == gather_mode::stop_at_error && pending_ != 0) {
            stop_others();
        } else {
            self_.settle_error(std::move(first_error_));
        }
        return;
    }
    try {
        collect();
    } catch (...) {  // copying or moving a result failed
        self_.settle_error(std::current_exception());
        return;
    }
    self_.settle(self_.result_base());
}

void gather_core::stop_others() noexcept {
    if (!std::exchange(stopping_, true)) {
        for (std::size_t i = 0; i < count_; ++i) {
            children_[i].source->cancel(shared_text());
        }
    }
}

void gather_core::let_go() noexcept {
    if (pending_ == 0 && !queued_) {
        self_.release();  // may be the end of this object
    }
}

void gather_core::drop_turn() noexcept {
    queued_ = false;
    let_go();
}

void gather_core::add_children(wait_list& list) const {
    for (std::size_t i = 0; i < count_; ++i) {
        list.who.push_back(children_[i].source);
    }
}

bool gather_core::cancel_children(const shared_text& message) noexcept {
    if (pending_ == 0) {
        return false;
    }
    bool asked = false;
    for (std::size_t i = 0; i < count_; ++i) {
        asked = children_[i].source->cancel(message) || asked;
    }
    const bool error_wins = mode_ == gather_mode::stop_at_error && first_error_;
    if (asked && !error_wins) {
        cancel_requested_ = true;
        cancel_message_ = message;
    }
    return asked;
}

}  // namespace nurt::detail
