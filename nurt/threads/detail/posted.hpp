// SPDX-License-Identifier: MIT
// nurt/threads/detail/posted.hpp: where the work of a loop is that a thread does.
#pragma once

#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

// Where this loop's blocking work runs.
executor& executor_of(event_loop& loop);

// From post() until it is delivered or withdrawn, a job knows its executor and holds the mailbox of its
// loop: the loop may give up its tasks before the thread ends.
class posted {
public:
    // Throws what the executor throws; the job has not begun then.
    void post(event_loop& loop, executor& where, executor::job& work);
    // True: it has not begun, and will not.
    bool withdraw(executor::job& work) noexcept;
    // On the thread. As soon as the node is in it may run, and the job be gone. False: the loop is
    // closed and will not run it.
    bool deliver(ready_node& node) noexcept;

private:
    executor* executor_ = nullptr;
    mailbox* inbox_ = nullptr;
};

}  // namespace nurt::detail
