// SPDX-License-Identifier: MIT
// nurt/loop/thread_state.hpp: what a thread knows of the loop that runs on it.
//
// One structure, so that the hot paths compute one thread-local address; and the part of a loop
// that they touch, so that they can do it inline without knowing the rest.
#pragma once

#include <cstdint>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/loop/home.hpp"
#include "nurt/loop/ready_queue.hpp"

namespace nurt {

class event_loop;

namespace detail {

class task_base;
class timeout_scope;
struct context_box;

// What new tasks of a loop do beside entering its queue.
enum start_flag : std::uint8_t {
    start_inherits = 1U << 0,  // there are context variables that they may inherit
    start_eagerly = 1U << 1,   // their first step is at once
};

// The hot part of an event_loop.
struct loop_core {
    ready_queue ready;
    home_id home = 0;
    std::uint8_t on_start = 0;             // start_flags
    intrusive_list<list_link> tasks;       // every task that has not ended, oldest first
    std::uint64_t task_number = 0;         // of the task that was made last
    intrusive_list<list_link> generators;  // asynchronous ones that have begun and not ended
    bool debug = false;                    // the loop is in debug mode
};

struct thread_state {
    event_loop* loop = nullptr;        // the running loop
    loop_core* core = nullptr;         // its hot part; between runs, that of the loop that ran last
    home_id home = 0;                  // core's
    task_base* task = nullptr;         // the task that is being stepped
    void* next = nullptr;              // the frame that the driver resumes after this one
    timeout_scope* unarmed = nullptr;  // scopes entered since the task last suspended
    context_box* context = nullptr;    // of what is no task, or of a task inside of context::run
};

inline constinit thread_local thread_state this_thread{};

// For what changes a task or a future: in debug mode usage_error, if its loop runs on another thread.
void check_foreign(home_id home);
inline void check_thread(home_id home) {
    if (home != this_thread.home && home != 0) [[unlikely]] {
        check_foreign(home);
    }
}

// While it lives, what becomes ready, and every timer, is the loop's of that number: for settling
// and cancelling what belongs to a loop that is not the running one of this thread.
class visit {
public:
    explicit visit(home_id home) noexcept {
        if (home != this_thread.home && home != 0) [[unlikely]] {
            enter(home);
        }
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() {
        if (core_ != nullptr) [[unlikely]] {
            leave();
        }
    }

private:
    void enter(home_id home) noexcept;
    void leave() noexcept;

    event_loop* loop_ = nullptr;
    loop_core* core_ = nullptr;  // of the one to come back to
};

}  // namespace detail
}  // namespace nurt
