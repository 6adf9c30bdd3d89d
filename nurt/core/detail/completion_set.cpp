// SPDX-License-Identifier: MIT
#include "nurt/core/detail/completion_set.hpp"

#include <new>

#include "nurt/core/detail/wait_list.hpp"

namespace nurt::detail {

void completion_set::child::settled(future_base&) noexcept {
    at = stage::queued;
    set->retain();
    this_thread.core->ready.push(*this);
}

void completion_set::child::run() noexcept {
    completion_set& mine = *set;  // the child goes with the set
    if (at == stage::queued) {
        at = stage::heard;
        --mine.unheard_;
        mine.heard(*this);
    }
    mine.release();
}

completion_set::completion_set(std::size_t capacity)
    : children_(static_cast<child*>(::operator new(capacity * sizeof(child)))) {}

completion_set::~completion_set() {
    stop_listening();
    for (std::size_t i = 0; i < count_; ++i) {
        children_[i].source->release();
    }
    ::operator delete(children_);
}

void completion_set::add(future_base& source) noexcept {
    new (&children_[count_++]) child(*this, source);
}

void completion_set::listen() noexcept {
    unheard_ = count_;
    for (std::size_t i = 0; i < count_; ++i) {
        child& c = children_[i];
        if (c.source->done()) {
            c.settled(*c.source);
        } else {
            c.at = child::stage::listening;
            c.source->listen(c);
        }
    }
}

void completion_set::stop_listening() noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        child& c = children_[i];
        if (c.at == child::stage::listening) {
            c.source->unlisten(c);
        }
        if (c.at != child::stage::heard) {
            c.at = child::stage::dropped;
        }
    }
    unheard_ = 0;
}

void completion_set::add_sources(wait_list& list) const {
    for (std::size_t i = 0; i < count_; ++i) {
        if (!children_[i].source->done()) {
            list.who.push_back(children_[i].source);
        }
    }
}

bool completion_set::any_ended() const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        if (children_[i].source->done()) {
            return true;
        }
    }
    return false;
}

void completion_set::cancel_sources(const shared_text& message) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        children_[i].source->cancel(message);
    }
}

}  // namespace nurt::detail
