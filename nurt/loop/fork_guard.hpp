// SPDX-License-Identifier: MIT
// nurt/loop/fork_guard.hpp: what fork() does to loops.
//
// The child has a copy of every loop and none of the threads that run the others. What they share
// with the parent (the kernel's set of descriptors, connections) must not be touched from there. So
// in the child every loop is closed, and says why; the parent does not notice.
#pragma once

#include "nurt/base/intrusive_list.hpp"

namespace nurt {

class event_loop;

namespace detail {

struct loop_list;

// A loop's entry in the list of all loops, for as long as the loop lives.
class fork_guard : private list_link {
public:
    explicit fork_guard(event_loop& loop);
    fork_guard(const fork_guard&) = delete;
    fork_guard& operator=(const fork_guard&) = delete;
    ~fork_guard();

private:
    friend class intrusive_list<fork_guard>;
    friend struct loop_list;

    event_loop& loop_;
};

}  // namespace detail
}  // namespace nurt
