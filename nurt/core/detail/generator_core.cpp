// SPDX-License-Identifier: MIT
#include "nurt/core/detail/generator_core.hpp"

#include <utility>

namespace nurt::detail {

namespace {

bool is_exit(const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const generator_exit&) {
        return true;
    } catch (...) {  // only asked, not handled: the caller still has it
        return false;
    }
}

std::exception_ptr ignored_exit() {
    return std::make_exception_ptr(
        usage_error("generator ignored generator_exit: it yielded when it was closed"));
}

}  // namespace

void generator_core::check_idle() const {
    if (running_ || parent_ != nullptr) throw usage_error("generator already executing");
}

void generator_core::rethrow() {
    if (escaped_ != nullptr) std::rethrow_exception(std::exchange(escaped_, nullptr));
}

void* generator_core::resumed() {
    if (raised_ != nullptr) std::rethrow_exception(std::exchange(raised_, nullptr));
    return std::exchange(sent_, nullptr);
}

void generator_core::delegate(generator_core& inner, generator_core** owner) noexcept {
    inner.parent_ = this;
    inner.owner_ = owner;
    child_ = &inner;
}

void generator_core::unhandled_exception() noexcept {
    try {
        throw;
    } catch (const stop_iteration_base&) {
        // PEP 479: it would look like the end of the generator that let it pass.
        escaped_ = std::make_exception_ptr(
            usage_error("generator raised stop_iteration: end its body with co_return"));
    } catch (...) {  // goes on where the generator was asked
        escaped_ = std::current_exception();
    }
}

bool generator_core::raise(std::exception_ptr error) {
    if (!finished_) check_idle();
    if (!started_) finished_ = true;
    if (finished_) std::rethrow_exception(std::move(error));
    // Delegates are closed, not told (PEP 380): an exit that one of them swallows goes on here.
    if (is_exit(error)) error = close_below(error);
    leaf_->raised_ = std::move(error);
    if (step()) return true;
    rethrow();
    return false;
}

bool generator_core::close() {
    if (finished_) return false;
    check_idle();
    if (!started_) {
        finished_ = true;
        return false;
    }
    const std::exception_ptr exit = std::make_exception_ptr(generator_exit());
    raised_ = close_below(exit);
    if (step()) std::rethrow_exception(ignored_exit());
    if (escaped_ == nullptr) return true;
    if (!is_exit(escaped_)) rethrow();
    escaped_ = nullptr;
    return false;
}

// Closes the delegates, innermost first, and makes this the leaf.
// The answer is what then has to be thrown here: the exit, or how closing failed.
std::exception_ptr generator_core::close_below(const std::exception_ptr& exit) {
    std::exception_ptr error = exit;
    running_ = true;
    while (leaf_ != this) {
        generator_core* at = leaf_;
        leaf_ = at->parent_;
        leaf_->child_ = at->parent_ = nullptr;
        at->leaf_ = at;
        error = at->close_with(std::move(error), exit);
    }
    running_ = false;
    return error;
}

std::exception_ptr generator_core::close_with(std::exception_ptr error,
                                              const std::exception_ptr& exit) {
    raised_ = std::move(error);
    if (step()) return ignored_exit();  // it stays alive, but nobody's delegate
    std::exception_ptr escaped = std::exchange(escaped_, nullptr);
    return escaped == nullptr || is_exit(escaped) ? exit : escaped;
}

void generator_core::destroy() noexcept {
    generator_core* last = this;
    while (last->child_ != nullptr && last->child_->owner_ != nullptr) last = last->child_;
    if (generator_core* survivor = std::exchange(last->child_, nullptr)) {
        survivor->parent_ = nullptr;
        survivor->leaf_ = leaf_;
    }
    // One after another from the inside: left to the destructors, a deep chain would overflow the
    // stack. The frame above holds the owner.
    while (last != this) {
        generator_core* above = last->parent_;
        *last->owner_ = nullptr;
        last->frame_.destroy();
        last = above;
    }
    frame_.destroy();
}

}  // namespace nurt::detail
