// SPDX-License-Identifier: MIT
// nurt/core/wait.hpp: until some of several tasks have ended.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/core/detail/gather_core.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/timer_heap.hpp"

namespace nurt {

// first_exception: at the first error; a cancellation is none. Without errors, when all are done.
enum class return_when : std::uint8_t { all_completed, first_completed, first_exception };

struct wait_options {
    duration timeout = duration::max();
    nurt::return_when return_when = nurt::return_when::all_completed;
};

// Both in the order in which they were given.
template <class Handle>
struct wait_result {
    std::vector<Handle> done;
    std::vector<Handle> pending;
};

namespace detail {
template <class Handle>
class wait_operation;
}

// auto [done, pending] = co_await wait(tasks, {.timeout = 5s});
//
// Waits for the tasks or futures of a vector and throws none of their errors. It never cancels
// them: not when time is up, which is no error, and not when the awaiter is cancelled. usage_error:
// there is nothing to wait for. Python: asyncio.wait.
template <class T>
[[nodiscard]] auto wait(std::vector<task<T>> tasks, wait_options options = {});
template <class T>
[[nodiscard]] auto wait(std::vector<future<T>> futures, wait_options options = {});
// A coroutine has no identity by which to find it in the result: create_task makes one of it.
template <class T>
void wait(std::vector<coro<T>> coroutines, wait_options options = {}) = delete;

// Implementation

namespace detail {

class wait_set;

class wait_leaf : public leaf, private timer_node {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept;
    cancel_answer cancel() noexcept override;
    void waits_for(wait_list& list) const override;

protected:
    wait_leaf(std::size_t count, wait_options options);
    ~wait_leaf();
    void add(future_base& source) noexcept;

private:
    friend class wait_set;
    void expire() noexcept override;
    void stop() noexcept;
    void finish() noexcept;

    wait_set* set_;
    duration timeout_;
};

template <class Handle>
class wait_operation final : public wait_leaf {
public:
    wait_operation(std::vector<Handle> handles, wait_options options)
        : wait_leaf(handles.size(), options), handles_(std::move(handles)) {
        for (const Handle& h : handles_) {
            h.state().check_home();
            h.state().retain();
            add(h.state());
        }
    }
    wait_result<Handle> await_resume() {
        wait_result<Handle> all;
        for (Handle& h : handles_) {
            (h.done() ? all.done : all.pending).push_back(std::move(h));
        }
        return all;
    }

private:
    std::vector<Handle> handles_;
};

}  // namespace detail

template <class T>
auto wait(std::vector<task<T>> tasks, wait_options options) {
    return detail::wait_operation<task<T>>(std::move(tasks), options);
}
template <class T>
auto wait(std::vector<future<T>> futures, wait_options options) {
    return detail::wait_operation<future<T>>(std::move(futures), options);
}

}  // namespace nurt
