// SPDX-License-Identifier: MIT
// nurt/loop/detail/descriptor_watches.hpp: waiting for descriptors that belong to somebody else.
//
// The backend knows such a descriptor only while somebody waits for it: its owner may close it, and the
// kernel give its number to another one, without telling us.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "nurt/base/unique_function.hpp"
#include "nurt/io/backend.hpp"
#include "nurt/io/operation.hpp"
#include "nurt/loop/context.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/ready_queue.hpp"

namespace nurt::detail {

class descriptor_watches;

// A callback that runs in each turn in which its descriptor is ready. Deletes itself when it was
// removed and neither backend, nor loop, nor itself is in the middle of it.
class descriptor_callback final : public io::operation, public ready_node {
public:
    descriptor_callback(descriptor_watches& owner, int descriptor, bool writes,
                        unique_function<void()> callback);
    ~descriptor_callback() { detail::release(context_); }

    void start(io::channel& c) noexcept;
    void remove() noexcept;

    void complete() noexcept override;
    void run() noexcept override;
    void discard() noexcept override;
    const char* type_name() const noexcept override { return callback_.target_type().name(); }

private:
    void end_if_unused() noexcept;

    descriptor_watches* owner_;  // null: removed
    event_loop& loop_;
    int descriptor_;
    bool writes_;
    bool queued_ = false;
    bool running_ = false;
    bool backend_knows_ = false;
    context_box* context_;
    unique_function<void()> callback_;
};

// Of one loop.
class descriptor_watches {
public:
    explicit descriptor_watches(event_loop& loop) noexcept : loop_(loop) {}
    descriptor_watches(const descriptor_watches&) = delete;
    descriptor_watches& operator=(const descriptor_watches&) = delete;
    ~descriptor_watches() { clear(); }

    // attempt: what is being tried, for errors.
    void add(int descriptor, bool writes, unique_function<void()> callback,
             std::string_view attempt);
    bool remove(int descriptor, bool writes) noexcept;

    // For one wait of one direction; usage_error when somebody else waits for it.
    io::channel& acquire(int descriptor, bool writes, std::string_view attempt);
    void release(int descriptor, bool writes) noexcept;

    event_loop& loop() noexcept { return loop_; }
    void clear() noexcept;

private:
    struct side {
        bool taken = false;
        descriptor_callback* callback = nullptr;  // null: taken by a wait
    };
    struct entry {
        io::channel* channel = nullptr;
        side sides[2];
    };

    event_loop& loop_;
    std::map<int, entry> entries_;
};

}  // namespace nurt::detail
