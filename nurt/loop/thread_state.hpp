// SPDX-License-Identifier: MIT
// nurt/loop/thread_state.hpp: what a thread knows of the loop that runs on it.
//
// One structure, so that the hot paths compute one thread-local address.
#pragma once

namespace nurt {

class event_loop;
class ready_queue;

namespace detail {

class task_base;
class timeout_scope;

struct thread_state {
    event_loop* loop = nullptr;        // the running loop
    ready_queue* ready = nullptr;      // its queue
    task_base* task = nullptr;         // the task that is being stepped
    void* next = nullptr;              // the frame that the driver resumes after this one
    timeout_scope* unarmed = nullptr;  // scopes entered since the task last suspended
};

inline constinit thread_local thread_state this_thread{};

}  // namespace detail
}  // namespace nurt
