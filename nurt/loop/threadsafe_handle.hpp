// SPDX-License-Identifier: MIT
// nurt/loop/threadsafe_handle.hpp: a callback that another thread gave to a loop.
#pragma once

namespace nurt {

class event_loop;

namespace detail {
struct threadsafe_node;
}

// What call_soon_threadsafe returns; any thread may use it, also when the loop is gone. Copies refer
// to one callback; one copy belongs to one thread at a time. Dropping it leaves the callback
// scheduled. Python: the handle of call_soon_threadsafe.
class threadsafe_handle {
public:
    threadsafe_handle() = default;
    threadsafe_handle(const threadsafe_handle& other) noexcept;
    threadsafe_handle(threadsafe_handle&& other) noexcept : node_(other.node_) {
        other.node_ = nullptr;
    }
    threadsafe_handle& operator=(threadsafe_handle other) noexcept;
    ~threadsafe_handle();

    // After this call the callback does not run, and what it held is destroyed: if it is running,
    // cancel() waits for its end. Called by the callback itself, or after its end, it does nothing.
    // A callback that waits for the thread that cancels it waits for ever.
    void cancel() noexcept;
    // True if cancel() came before the start.
    bool cancelled() const noexcept;

private:
    friend class event_loop;
    explicit threadsafe_handle(detail::threadsafe_node* node) noexcept : node_(node) {}

    detail::threadsafe_node* node_ = nullptr;
};

}  // namespace nurt
