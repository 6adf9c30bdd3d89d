// SPDX-License-Identifier: MIT
// nurt/loop/detail/observation.hpp: what a loop keeps while somebody watches it.
#pragma once

#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/loop/debug.hpp"
#include "nurt/loop/detail/wake_order.hpp"
#include "nurt/loop/instrument.hpp"
#include "nurt/loop/ready_queue.hpp"

namespace nurt::detail {

// Invariant: between two calls of news(), `seen` is where the part of the ready queue begins that no
// instrument has heard of.
class observation {
public:
    explicit observation(event_loop& loop) noexcept : loop_(loop) {}

    void add(instrument& one);
    void remove(const instrument& one) noexcept;
    bool watched() const noexcept;  // by an instrument or the shuffle

    // From here on, what enters the ready queue is news.
    void begin() noexcept;
    // Tells what entered the ready queue since.
    void news() noexcept;
    // The ready queue was taken out; returns what to run first.
    ready_node* taken(ready_node* first) noexcept;
    void run(ready_node& node) noexcept;
    void io_wait_begins(instant until) noexcept;
    void io_wait_ends() noexcept;

    static constexpr duration usual_slow = milliseconds(100);  // asyncio's
    duration slow = usual_slow;
    unique_function<void(const debug_report&)> handler;
    std::unique_ptr<wake_order> shuffle;
    std::source_location step_place;  // where the task that runs now was suspended

private:
    template <class Call>
    void tell(Call call) noexcept;
    template <class Call>
    void guarded(Call call) noexcept;
    void run_task(ready_node& node, const node_inspector& how) noexcept;
    void run_callback(ready_node& node) noexcept;
    void report_slow(const std::string& what, duration took);

    event_loop& loop_;
    std::vector<instrument*> instruments_;
    ready_node** seen_ = nullptr;
    std::uint64_t known_ = 0;  // number of the newest task that was told of
};

}  // namespace nurt::detail
