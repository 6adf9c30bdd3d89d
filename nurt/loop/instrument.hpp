// SPDX-License-Identifier: MIT
// nurt/loop/instrument.hpp: hears what a loop does, while it does it.
//
// Tracers, profilers and tests derive from instrument and attach themselves to a loop. A loop that
// nobody watches runs another compiled turn, so hooks that are not attached cost nothing.
#pragma once

#include <cstdint>
#include <source_location>
#include <string_view>

#include "nurt/base/time.hpp"

namespace nurt {

class event_loop;
class ready_node;

namespace detail {
class node_inspector;
class observation;
}  // namespace detail

// A task as an instrument sees it; for the time of the hook. Places have line 0 when unknown.
class task_info {
public:
    // Counts the tasks of one loop, from 1.
    std::uint64_t number() const noexcept;
    std::string_view name() const;
    // Where it was created.
    std::source_location created_at() const noexcept;
    // The co_await at which it is suspended.
    std::source_location awaits_at() const noexcept;
    bool done() const noexcept;
    // Whether it ended with an error, or with a cancellation.
    bool failed() const noexcept;
    bool cancelled() const noexcept;

private:
    friend class detail::observation;
    task_info(const detail::node_inspector& how, ready_node& node) noexcept
        : how_(&how), node_(&node) {}

    const detail::node_inspector* how_;
    ready_node* node_;
};

// Everything that runs in a loop and is no task: call_soon, timers, parts of the library.
class callback_info {
public:
    // The type of the callable, as the compiler mangles it; "" for parts of the library.
    const char* type() const noexcept { return type_; }

private:
    friend class detail::observation;
    explicit callback_info(const char* type) noexcept : type_(type) {}

    const char* type_;
};

// Override what you want to hear. Hooks are called on the loop's thread, outside of any task, and
// may use the loop. An exception goes to the loop's exception handler and ends the attachment.
//
// A task that is made in a step is told of after that step, together with what was scheduled in it,
// in the order of the ready queue. Attached in the middle of a turn, an instrument hears from the
// next one on. The idea is that of Trio's instruments.
class instrument {
public:
    instrument() = default;
    instrument(const instrument&) = delete;
    instrument& operator=(const instrument&) = delete;
    virtual ~instrument() = default;

    virtual void task_made(const task_info&) {}
    // It is in the ready queue: new, or woken.
    virtual void task_scheduled(const task_info&) {}
    virtual void step_begins(const task_info&) {}
    // Followed by task_awaits or task_done.
    virtual void step_ends(const task_info&) {}
    virtual void task_awaits(const task_info&) {}
    virtual void task_done(const task_info&) {}

    virtual void callback_begins(const callback_info&) {}
    virtual void callback_ends(const callback_info&) {}

    // The loop asks the kernel. `until` is how long it may sleep; a point that has passed: not at all.
    virtual void io_wait_begins([[maybe_unused]] instant until) {}
    virtual void io_wait_ends() {}
};

namespace detail {

// How to look at the nodes of a kind; one object serves all of them, so a node pays nothing.
class node_inspector {
public:
    virtual std::uint64_t number(const ready_node& node) const noexcept = 0;
    virtual std::string_view name(ready_node& node) const = 0;
    virtual std::source_location created_at(const ready_node& node) const noexcept = 0;
    virtual std::source_location awaits_at(const ready_node& node) const noexcept = 0;
    virtual bool done(const ready_node& node) const noexcept = 0;
    virtual bool failed(const ready_node& node) const noexcept = 0;
    virtual bool cancelled(const ready_node& node) const noexcept = 0;
    // Keeps the node while hooks look at it.
    virtual void retain(ready_node& node) const noexcept = 0;
    virtual void release(ready_node& node) const noexcept = 0;
    // What several tasks wait for in a queue of their own, while this one is suspended; or null.
    virtual const void* queue_of(const ready_node& node) const noexcept = 0;
    // Debug mode: a step has ended.
    virtual void check(ready_node& node, event_loop& loop) const = 0;

protected:
    ~node_inspector() = default;
};

}  // namespace detail

inline std::uint64_t task_info::number() const noexcept {
    return how_->number(*node_);
}
inline std::string_view task_info::name() const {
    return how_->name(*node_);
}
inline std::source_location task_info::created_at() const noexcept {
    return how_->created_at(*node_);
}
inline std::source_location task_info::awaits_at() const noexcept {
    return how_->awaits_at(*node_);
}
inline bool task_info::done() const noexcept {
    return how_->done(*node_);
}
inline bool task_info::failed() const noexcept {
    return how_->failed(*node_);
}
inline bool task_info::cancelled() const noexcept {
    return how_->cancelled(*node_);
}

}  // namespace nurt
