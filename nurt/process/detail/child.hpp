// SPDX-License-Identifier: MIT
// nurt/process/detail/child.hpp: one child process, from its start until it has been reaped.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "nurt/io/operation.hpp"
#include "nurt/loop/ready_queue.hpp"
#include "nurt/loop/resident.hpp"
#include "nurt/sync/parking_lot.hpp"

namespace nurt {

class event_loop;

namespace detail {

// Counted: by the process object, by those who wait for it, and by the loop while it watches.
// Invariants:
//  1. Whoever is watched has a loop and a channel, and the loop's reference. After that the
//     descriptor, if it is still open, is held as it is.
//  2. A child whose object has gone was killed, and is an orphan until it has been reaped: by the
//     loop, which does not end before, or at once when there is no loop any more.
class child final : public io::operation, private ready_node, private resident {
public:
    explicit child(event_loop& loop) noexcept;
    // It has been started.
    void born(int pid, int descriptor) noexcept {
        pid_ = pid;
        descriptor_ = descriptor;
    }

    int pid() const noexcept { return pid_; }
    std::optional<int> returncode() const noexcept { return returncode_; }
    bool ended() const noexcept { return returncode_.has_value() || failure_ != 0; }
    // For who wants to wait: throws usage_error when nobody watches the child any more.
    void check_watched() const;
    // What wait() gives, or throws.
    int end() const;
    parking_lot& waiters() noexcept { return waiters_; }

    // The loop waits for its end from now on. May throw.
    void watch();
    void send_signal(int signal) const;
    // The process object has gone.
    void abandon() noexcept;

    void retain() noexcept { ++references_; }
    void release() noexcept;

private:
    ~child();

    bool is_ours() const noexcept;
    bool look(int flags) noexcept;
    void complete() noexcept override;
    void run() noexcept override;
    void discard() noexcept override { release(); }
    const char* type_name() const noexcept override { return "nurt::process"; }
    void loop_closes() noexcept override;
    void finish() noexcept;
    void report_unknown() noexcept;

    event_loop* loop_;
    int pid_ = -1;
    int descriptor_ = -1;  // the pidfd; -1: closed, or the channel's
    int parent_;  // the process that started it: after a fork there are two with this object
    int failure_ = 0;
    std::optional<int> returncode_;
    bool queued_ = false;
    bool orphan_ = false;
    unsigned references_ = 0;
    parking_lot waiters_;
};

// A reference.
class child_ref {
public:
    child_ref() = default;
    explicit child_ref(child* c) noexcept : child_(c) { retain(); }
    child_ref(const child_ref& other) noexcept : child_(other.child_) { retain(); }
    child_ref(child_ref&& other) noexcept : child_(std::exchange(other.child_, nullptr)) {}
    child_ref& operator=(child_ref other) noexcept {
        std::swap(child_, other.child_);
        return *this;
    }
    ~child_ref() {
        if (child_ != nullptr) {
            child_->release();
        }
    }
    child* operator->() const noexcept { return child_; }
    child* get() const noexcept { return child_; }

private:
    void retain() noexcept {
        if (child_ != nullptr) {
            child_->retain();
        }
    }
    child* child_ = nullptr;
};

// The reference of the process object.
class child_owner {
public:
    explicit child_owner(child_ref c) noexcept : child_(std::move(c)) {}
    child_owner(child_owner&& other) noexcept = default;
    child_owner& operator=(child_owner&& other) noexcept {
        if (this != &other) {
            abandon();
            child_ = std::move(other.child_);
        }
        return *this;
    }
    ~child_owner() { abandon(); }

    child* operator->() const noexcept { return child_.get(); }
    const child_ref& ref() const noexcept { return child_; }

private:
    void abandon() noexcept {
        if (child_.get() != nullptr) {
            child_->abandon();
        }
    }
    child_ref child_;
};

// Waits for the end of a child.
class exit_leaf final : public parked {
public:
    explicit exit_leaf(const child_ref& c) noexcept : parked(c->waiters()), child_(c) {}
    bool await_ready() const {
        if (child_->ended()) {
            return true;
        }
        child_->check_watched();
        return false;
    }
    void await_suspend(std::coroutine_handle<>) noexcept { park(); }
    int await_resume() const { return child_->end(); }

private:
    child_ref child_;
};

class starter;

}  // namespace detail
}  // namespace nurt
