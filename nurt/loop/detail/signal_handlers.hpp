// SPDX-License-Identifier: MIT
// nurt/loop/detail/signal_handlers.hpp: the callbacks of a loop for signals.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "nurt/base/unique_function.hpp"
#include "nurt/io/signals.hpp"
#include "nurt/loop/ready_queue.hpp"

namespace nurt {

class event_loop;

namespace detail {

struct context_box;

// Between the signal handler and the loop there is a set of signals, and one node that is in the
// loop's mailbox while the set is not empty: so no kind of signal is ever lost, however many come.
class signal_handlers final : private io::signal_listener, private ready_node {
public:
    explicit signal_handlers(event_loop& loop) noexcept : loop_(loop) {}
    ~signal_handlers() { stop_listening(); }

    void add(int signal, unique_function<void()> callback);
    bool remove(int signal) noexcept;
    void remove_all() noexcept;

private:
    struct handler;

    void raised(int signal) noexcept override;
    void run() noexcept override;
    void schedule(const std::shared_ptr<handler>& which);
    const char* type_name() const noexcept override { return "nurt::signal_handlers"; }

    event_loop& loop_;
    std::atomic<std::uint64_t> pending_{0};
    std::map<int, std::shared_ptr<handler>> handlers_;
};

}  // namespace detail
}  // namespace nurt
