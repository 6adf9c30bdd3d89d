// SPDX-License-Identifier: MIT
// nurt/threads/thread_pool.hpp: threads for work that blocks.
//
// Threads are made when there is work and none is idle, up to a limit, and end when they have been
// idle for a while. The last one that became idle gets the next job, so that few threads serve a
// small load. Signals are blocked in all of them. After fork() the child's pools are empty.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nurt/base/time.hpp"
#include "nurt/loop/services.hpp"

namespace nurt {

struct thread_pool_options {
    // Blocking work mostly waits, so more threads than processors are useful, and each costs a
    // stack. 0: the number of processors and 4, at most 32.
    std::size_t max_threads = 0;
    duration idle_time = seconds(10);  // after which a thread ends
    const char* name = "nurt";         // threads are called name-1, name-2, ...; 11 characters
};

// Any thread may use it. Jobs begin in the order in which they were posted.
// Python: concurrent.futures.ThreadPoolExecutor.
class thread_pool final : public executor {
public:
    explicit thread_pool(thread_pool_options options = {});
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;
    // As close(), and waits for nobody: the threads end by themselves after the jobs that are left.
    ~thread_pool() override;

    // The one of the process, which to_thread uses; lives for ever.
    static thread_pool& shared();

    // Throws usage_error after close(), os_error when not even one thread can be made.
    void post(job& work) override;
    bool withdraw(job& work) noexcept override;

    // Takes no more work; what has been posted still runs. May be repeated.
    void close() noexcept;
    // Waits until no job is queued or running. False: it took longer than the limit.
    bool join(duration limit = duration::max());

    struct statistics_t {
        std::size_t threads;
        std::size_t idle_threads;
        std::size_t max_threads;
        std::size_t queued_jobs;   // that have not begun
        std::uint64_t ended_jobs;  // since the beginning
    };
    statistics_t statistics() const;

private:
    class state;
    struct worker;

    state* state_;
};

}  // namespace nurt
