// SPDX-License-Identifier: MIT
// nurt/core/detail/generator_core.hpp: what all generators do, whatever their types are.
//
// A generator that delegates (co_await inner()) leads a chain; the innermost one is its leaf.
//  1. Only the first of a chain, the root, is asked by users. Its leaf_ is right while nothing
//     runs; the leaf_ of the others is of no meaning until they become roots again.
//  2. child_ and parent_ link neighbours of a chain, both ways or not at all.
//  3. A step resumes the leaf and nothing above it, so its cost does not depend on the depth, and
//     the stack does not grow with it: a body never resumes another one.
#pragma once

#include <coroutine>
#include <exception>

#include "nurt/base/error.hpp"

namespace nurt {

// What close() throws into a paused generator. Let it pass. Python: GeneratorExit.
// Not a std::exception, so that catch (const std::exception&) leaves it alone.
class generator_exit {};

namespace detail {

class stop_iteration_base : public error {
public:
    stop_iteration_base() : error("the generator has ended") {}
};

class generator_core {
public:
    generator_core() = default;
    generator_core(const generator_core&) = delete;
    generator_core& operator=(const generator_core&) = delete;

    // For the owner. advance and raise: true if there is a value, false if the generator has ended;
    // an exception that left the body is thrown. sent: nullptr or what the paused co_yield gives.
    bool advance(void* sent);
    bool raise(std::exception_ptr error);
    bool close();  // true: the body has returned just now
    bool finished() const noexcept { return finished_; }
    bool started() const noexcept { return started_; }
    bool takes_values() const noexcept { return !leaf_->next_only_; }
    void* value() const noexcept { return leaf_->yielded_; }
    void destroy() noexcept;  // the frame, and those of the delegates that it owns

    // For the body.
    void pause(void* value) noexcept { yielded_ = value; }
    void* resumed();  // throws what was raised, else gives what was sent
    void delegate(generator_core& inner, generator_core** owner) noexcept;
    void check_idle() const;  // usage_error if it runs or is a delegate
    void rethrow();           // what left the body
    void unhandled_exception() noexcept;

    void set_frame(std::coroutine_handle<> frame) noexcept { frame_ = frame; }
    void set_next_only() noexcept { next_only_ = true; }

private:
    bool step() noexcept;
    std::exception_ptr close_below(const std::exception_ptr& exit);
    std::exception_ptr close_with(std::exception_ptr error, const std::exception_ptr& exit);

    std::coroutine_handle<> frame_;
    generator_core* parent_ = nullptr;
    generator_core* child_ = nullptr;
    generator_core* leaf_ = this;
    // The pointer that owns this one while it is a delegate; nullptr: it outlives the delegation.
    generator_core** owner_ = nullptr;
    void* yielded_ = nullptr;
    void* sent_ = nullptr;
    std::exception_ptr raised_;   // to be thrown where the body is paused
    std::exception_ptr escaped_;  // left the body
    bool started_ = false;
    bool running_ = false;
    bool finished_ = false;
    bool next_only_ = false;
};

// Implementation: the path of next(), the rest is in generator_core.cpp.

inline bool generator_core::step() noexcept {
    running_ = true;
    generator_core* at = leaf_;
    for (;;) {
        at->yielded_ = nullptr;
        at->started_ = true;
        at->frame_.resume();
        if (at->yielded_ != nullptr) break;
        if (at->child_ != nullptr) {  // it has just delegated
            at = at->child_->leaf_;
            continue;
        }
        at->finished_ = true;
        if (at == this) break;
        generator_core* above = at->parent_;
        above->child_ = at->parent_ = nullptr;
        at = above;
    }
    leaf_ = at;
    running_ = false;
    return !finished_;
}

inline bool generator_core::advance(void* sent) {
    if (finished_) return false;
    check_idle();
    leaf_->sent_ = sent;
    if (step()) return true;
    rethrow();
    return false;
}

}  // namespace detail
}  // namespace nurt
