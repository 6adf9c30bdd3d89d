// SPDX-License-Identifier: MIT
// nurt/threads/detail/posted.cpp: see the header.
#include "nurt/threads/detail/posted.hpp"

#include "nurt/threads/thread_pool.hpp"

namespace nurt::detail {

executor& executor_of(event_loop& loop) {
    executor* own = loop.parts().executor.get();
    return own != nullptr ? *own : thread_pool::shared();
}

void posted::post(event_loop& loop, executor& where, executor::job& work) {
    executor_ = &where;
    inbox_ = &loop.inbox();
    inbox_->retain();
    try {
        where.post(work);
    } catch (...) {
        inbox_->release();
        throw;
    }
}

bool posted::withdraw(executor::job& work) noexcept {
    if (!executor_->withdraw(work)) {
        return false;
    }
    inbox_->release();
    return true;
}

bool posted::deliver(ready_node& node) noexcept {
    mailbox* inbox = inbox_;
    const bool taken = inbox->push(node);
    inbox->release();
    return taken;
}

}  // namespace nurt::detail
