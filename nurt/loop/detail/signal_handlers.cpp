// SPDX-License-Identifier: MIT
// nurt/loop/detail/signal_handlers.cpp: see the header.
#include "nurt/loop/detail/signal_handlers.hpp"

#include "nurt/loop/callback_node.hpp"
#include "nurt/loop/context.hpp"
#include "nurt/loop/event_loop.hpp"

#include <new>
#include <utility>

namespace nurt::detail {

// Shared with the callbacks that are scheduled, which may run after it was removed: to no effect.
struct signal_handlers::handler {
    explicit handler(unique_function<void()> f)
        : callback(std::move(f)), context(copy_of_current()) {}
    handler(const handler&) = delete;
    handler& operator=(const handler&) = delete;
    ~handler() { release(context); }

    unique_function<void()> callback;
    context_box* context;
    bool removed = false;
};

void signal_handlers::add(int signal, unique_function<void()> callback) {
    auto made = std::make_shared<handler>(std::move(callback));
    listen(signal);
    std::shared_ptr<handler>& place = handlers_[signal];
    if (place) {
        place->removed = true;
    }
    place = std::move(made);
}

bool signal_handlers::remove(int signal) noexcept {
    const auto found = handlers_.find(signal);
    if (found == handlers_.end()) {
        return false;
    }
    stop_listening(signal);
    found->second->removed = true;
    handlers_.erase(found);
    return true;
}

void signal_handlers::remove_all() noexcept {
    while (!handlers_.empty()) {
        remove(handlers_.begin()->first);
    }
}

void signal_handlers::raised(int signal) noexcept {
    if (pending_.fetch_or(bit(signal)) == 0) {
        loop_.push_ready_threadsafe(*this);
    }
}

void signal_handlers::run() noexcept {
    const std::uint64_t raised_now = pending_.exchange(0);
    for (const auto& [signal, which] : handlers_) {
        if ((raised_now & bit(signal)) != 0) {
            try {
                schedule(which);
            } catch (const std::bad_alloc&) {  // perhaps there is some in the next turn
                raised(signal);
            }
        }
    }
}

void signal_handlers::schedule(const std::shared_ptr<handler>& which) {
    auto* node = new callback_node(loop_, [which] {
        if (!which->removed) {
            which->callback();
        }
    });
    node->references = 1;  // there is no handle
    retain(which->context);
    node->context = which->context;
    loop_.push_ready(*node);
}

}  // namespace nurt::detail
