// SPDX-License-Identifier: MIT
// nurt/core/detail/loop_set.hpp: several loops, each in a thread, from the first to the last step.
//
// Every loop is made before the first one runs, and goes when the last one has been closed; in
// between it may be reached from the others without asking whether it is there.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <thread>
#include <vector>

#include "nurt/core/run.hpp"
#include "nurt/io/interrupt.hpp"
#include "nurt/loop/mailbox.hpp"

namespace nurt::detail {

// One loop of them, and the way to its main from other threads and from signal handlers: the node,
// which is sent once.
class loop_member final : public ready_node {
public:
    loop_member(loop_set& all, services parts, const run_options& options);
    ~loop_member();

    runner& own() noexcept { return *runner_; }
    coro<> call(loop_main& work, loop_group here);
    // Asks main to stop.
    void stop() noexcept;
    bool asked() const noexcept { return asked_.load(); }
    void run() noexcept override;
    void discard() noexcept override;
    // Its main has ended, and the loop with it; later, on the same thread, the loop goes.
    void ended() noexcept;
    void destroy() noexcept { runner_.reset(); }

private:
    class presence;

    loop_set& all_;
    std::unique_ptr<runner> runner_;
    mailbox* inbox_;  // outlives the loop, for a signal that comes late
    std::atomic<bool> asked_{false};
    task_base* main_ = nullptr;  // while it is there
};

// Invariants:
//  1. unheard_ counts the loops that have not got to a request to stop, nor ended.
//  2. asked_ is set before main is cancelled here: a cancellation without it is somebody else's, and
//     an error.
class loop_set {
public:
    // parts: of a single loop, or null for the machine's.
    loop_set(loop_main& work, std::size_t count, services* parts, const run_options& options);
    loop_set(const loop_set&) = delete;
    loop_set& operator=(const loop_set&) = delete;
    ~loop_set() = default;

    void run(std::source_location place);

    std::size_t size() const noexcept { return members_.size(); }
    event_loop& loop(std::size_t i) noexcept { return members_[i]->own().loop(); }
    void stop() noexcept;
    void one_heard() noexcept;

private:
    static void interrupted(void* self) noexcept;
    void run_one(std::size_t i, std::source_location place) noexcept;
    template <class Step>
    void guarded(loop_member& m, Step step) noexcept;
    void fail(std::exception_ptr error) noexcept;
    void wait_for_others();
    void in_child(std::size_t i);
    [[noreturn]] void abandon(int error);
    void finish();

    loop_main& work_;
    const bool handle_interrupt_;
    std::vector<std::unique_ptr<loop_member>> members_;
    std::vector<std::thread> threads_;
    std::latch begin_{1};
    std::atomic<bool> abandoned_{false};
    std::atomic<unsigned> unheard_;
    std::atomic<bool> interrupted_{false};
    std::atomic<bool> cancelled_{false};  // a request has ended a main
    std::optional<io::interrupt_watch> watch_;
    std::mutex mutex_;  // of what follows
    std::condition_variable all_closed_;
    std::size_t open_;  // loops
    std::vector<std::exception_ptr> errors_;
};

}  // namespace nurt::detail
