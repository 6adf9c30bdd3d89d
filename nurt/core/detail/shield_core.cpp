// SPDX-License-Identifier: MIT
#include "nurt/core/detail/shield_core.hpp"

#include <utility>

#include "nurt/core/detail/wait_list.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

void shield_core::begin(future_base& inner) noexcept {
    if (inner.done()) {
        pass_on(inner);
        return;
    }
    outer_.retain();
    inner_ = &inner;
    inner.listen(*this);
}

void shield_core::settled(future_base& inner) noexcept {
    inner.retain();
    this_thread.core->ready.push(outer_);
}

void shield_core::abandoned() noexcept {
    inner_ = nullptr;
    outer_.release();  // may be the end of this object
}

void shield_core::add_inner(wait_list& list) const {
    list.who.push_back(inner_);
}

void shield_core::finish() noexcept {
    future_base& inner = *std::exchange(inner_, nullptr);
    pass_on(inner);
    inner.release();
    outer_.release();  // may be the end of this object
}

void shield_core::drop_turn() noexcept {
    std::exchange(inner_, nullptr)->release();
    outer_.release();
}

void shield_core::pass_on(future_base& inner) noexcept {
    if (outer_.done()) {  // cancelled: nobody waits any more
        if ((inner.flags & flag_unretrieved) != 0) {
            inner.mark_retrieved();
            event_loop::here().call_exception_handler(
                {"exception in shielded future", inner.result_base().error, {}, {}});
        }
        return;
    }
    outer_.result_base().error = inner.result_base().error;
    if (inner.failed()) {
        inner.mark_retrieved();
    } else {
        try {
            collect(inner);
        } catch (...) {  // copying or moving the value failed
            outer_.result_base().error = std::current_exception();
        }
    }
    outer_.settle(outer_.result_base());
}

}  // namespace nurt::detail
