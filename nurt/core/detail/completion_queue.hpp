// SPDX-License-Identifier: MIT
// nurt/core/detail/completion_queue.hpp: as_completed without its types.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/detail/future_base.hpp"
#include "nurt/core/leaf.hpp"

namespace nurt::detail {

class completion_queue;

// Shared by the completions object and what it gave out.
class completion_queue_ref {
public:
    completion_queue_ref(std::size_t count, duration limit);
    completion_queue_ref(const completion_queue_ref& other) noexcept;
    completion_queue_ref(completion_queue_ref&& other) noexcept
        : queue_(std::exchange(other.queue_, nullptr)) {}
    completion_queue_ref& operator=(completion_queue_ref other) noexcept {
        std::swap(queue_, other.queue_);
        return *this;
    }
    ~completion_queue_ref();

    void add(future_base& source) noexcept;
    void begin() noexcept;
    std::size_t size() const noexcept;
    completion_queue& queue() const noexcept { return *queue_; }

private:
    completion_queue* queue_;
};

class completion_leaf : public leaf, public list_link {
public:
    bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<>) noexcept;
    cancel_answer cancel() noexcept override;
    void waits_for(wait_list& list) const override;
    const void* queue() const noexcept override;

protected:
    explicit completion_leaf(completion_queue_ref queue) noexcept : queue_(std::move(queue)) {}
    ~completion_leaf() = default;

    // nullptr: there is no more. Throws timeout_error.
    future_base* take();

private:
    friend class completion_queue;
    completion_queue_ref queue_;
    future_base* source_ = nullptr;
    bool late_ = false;
};

[[noreturn]] void throw_no_completion();

}  // namespace nurt::detail
