// SPDX-License-Identifier: MIT
// nurt/loop/ready_queue.hpp: what runs in the next turn, first come, first served.
#pragma once

namespace nurt {

namespace detail {
class node_inspector;
}

// Something the loop can run: a task, a callback, the end of a gather.
// In the queue at most once at a time; alive until it has run.
class ready_node {
public:
    ready_node() = default;
    ready_node(const ready_node&) = delete;
    ready_node& operator=(const ready_node&) = delete;

    virtual void run() noexcept = 0;
    // Called instead of run() when the loop is closed.
    virtual void discard() noexcept {}

    // For instruments and debug mode. A task has an inspector; what has none may name its type.
    virtual const detail::node_inspector* inspector() const noexcept { return nullptr; }
    virtual const char* type_name() const noexcept { return ""; }

    ready_node* next_ready = nullptr;

protected:
    ~ready_node() = default;
};

// A singly linked queue. Never owns.
class ready_queue {
public:
    ready_queue() = default;
    ready_queue(const ready_queue&) = delete;
    ready_queue& operator=(const ready_queue&) = delete;

    bool empty() const noexcept { return first_ == nullptr; }

    void push(ready_node& node) noexcept {
        node.next_ready = nullptr;
        *end_ = &node;
        end_ = &node.next_ready;
    }

    // Where the next one will be linked; moves on with each push and back with take().
    ready_node** end() noexcept { return end_; }

    // Takes all of them out; they stay linked by next_ready.
    ready_node* take() noexcept {
        ready_node* all = first_;
        first_ = nullptr;
        end_ = &first_;
        return all;
    }

private:
    ready_node* first_ = nullptr;
    ready_node** end_ = &first_;
};

}  // namespace nurt
