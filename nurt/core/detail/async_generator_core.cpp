// SPDX-License-Identifier: MIT
#include "nurt/core/detail/async_generator_core.hpp"

#include <string>

#include "nurt/base/error.hpp"
#include "nurt/core/detail/generator_core.hpp"

namespace nurt::detail {

void async_generator_core::check_idle(const char* what) const {
    if (running_) {
        throw usage_error(std::string(what) + ": asynchronous generator is already running");
    }
}

bool async_generator_core::begin(void* sent) {
    check_idle("next");
    sent_ = sent;
    return !finished_;
}

bool async_generator_core::begin_raise(std::exception_ptr error) {
    check_idle("athrow");
    if (finished_ || !started_) {
        finished_ = true;
        std::rethrow_exception(std::move(error));
    }
    raised_ = std::move(error);
    return true;
}

bool async_generator_core::begin_close() {
    check_idle("aclose");
    if (!started_) {
        finished_ = true;
    }
    if (finished_) {
        return false;
    }
    raised_ = std::make_exception_ptr(generator_exit());
    return true;
}

void async_generator_core::step_from(void* caller) noexcept {
    if (!started_) {
        started_ = true;
        this_thread.core->generators.push_back(*this);
    }
    running_ = true;
    yielded_ = nullptr;
    promise_->continuation = caller;
}

bool async_generator_core::end() {
    if (escaped_) {
        std::rethrow_exception(std::exchange(escaped_, nullptr));
    }
    return yielded_ != nullptr;
}

void async_generator_core::end_close() {
    try {
        if (end()) {
            throw usage_error(
                "asynchronous generator ignored generator_exit: it yielded when it was closed");
        }
    } catch (const generator_exit&) {  // the way it should end
    }
}

void async_generator_core::abandon() noexcept {
    if (running_) {
        abandoned_ = true;
    } else {
        destroy();
    }
}

void async_generator_core::destroy() noexcept {
    leave_registry();
    std::coroutine_handle<>::from_address(frame_).destroy();
}

void async_generator_core::leave_registry() noexcept {
    if (linked()) {
        unlink();
    }
}

void* async_generator_core::pause(void* value) noexcept {
    running_ = false;
    yielded_ = value;
    return promise_->continuation;
}

void* async_generator_core::resumed() {
    if (raised_) {
        std::rethrow_exception(std::exchange(raised_, nullptr));
    }
    return std::exchange(sent_, nullptr);
}

void* async_generator_core::finish() noexcept {
    running_ = false;
    finished_ = true;
    leave_registry();
    return promise_->continuation;
}

void async_generator_core::fail() noexcept {
    escaped_ = std::current_exception();
}

}  // namespace nurt::detail
