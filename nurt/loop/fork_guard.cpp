// SPDX-License-Identifier: MIT
#include "nurt/loop/fork_guard.hpp"

#include <mutex>
#include <new>

#include "nurt/loop/event_loop.hpp"

#include <pthread.h>

namespace nurt::detail {

struct loop_list {
    void close_all() noexcept {
        for (fork_guard* g = guards.front(); g != nullptr; g = guards.next(*g)) {
            g->loop_.after_fork();
        }
        this_thread.loop = nullptr;
    }

    std::mutex mutex;
    intrusive_list<fork_guard> guards;
};

namespace {

// Never destroyed: loops may end after main has. The mutex is held across a fork, so that the child
// finds the list whole.
loop_list& all_loops() {
    alignas(loop_list) static char memory[sizeof(loop_list)];
    static auto* list = [] {
        auto* made = new (memory) loop_list;
        ::pthread_atfork([] { all_loops().mutex.lock(); }, [] { all_loops().mutex.unlock(); },
                         [] {
                             all_loops().close_all();
                             all_loops().mutex.unlock();
                         });
        return made;
    }();
    return *list;
}

}  // namespace

fork_guard::fork_guard(event_loop& loop) : loop_(loop) {
    const std::lock_guard lock(all_loops().mutex);
    all_loops().guards.push_back(*this);
}

fork_guard::~fork_guard() {
    const std::lock_guard lock(all_loops().mutex);
    unlink();
}

}  // namespace nurt::detail
