// SPDX-License-Identifier: MIT
#include "nurt/core/detail/future_base.hpp"

#include <typeinfo>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

bool future_base::unlisten(settle_listener& listener) noexcept {
    if (last_listener == nullptr) {
        return false;
    }
    settle_listener* before = last_listener;
    do {
        settle_listener* here = before->next_listener;
        if (here == &listener) {
            before->next_listener = here->next_listener;
            if (here == last_listener) {
                last_listener = before == here ? nullptr : before;
            }
            return true;
        }
        before = here;
    } while (before != last_listener);
    return false;
}

void future_base::check_home() {
    if (home() == 0) {
        flags |= this_thread.home;
    } else if (!at_home()) {
        throw_usage("cannot wait for a task or future that is attached to a different loop");
    }
}

std::uint32_t future_base::flags_of(const std::exception_ptr& error) noexcept {
    return flag_failed | (is_cancellation(error) ? flag_cancelled : flag_unretrieved);
}

void future_base::settle_error(std::exception_ptr error) noexcept {
    result_base().error = std::move(error);
    flags |= flag_done | flag_failed | flag_unretrieved;
    notify();
}

void future_base::settle_cancelled(const shared_text& message) noexcept {
    result_base().error = std::make_exception_ptr(cancelled_error(message));
    flags |= flag_done | flag_failed | flag_cancelled;
    notify();
}

void future_base::notify_all(settle_listener* last) noexcept {
    settle_listener* listener = last->next_listener;
    last->next_listener = nullptr;
    while (listener != nullptr) {
        settle_listener* next = listener->next_listener;  // it may be gone after the call
        listener->settled(*this);
        listener = next;
    }
}

void future_base::abandon_all() noexcept {
    settle_listener* listener = last_listener->next_listener;
    last_listener->next_listener = nullptr;
    while (listener != nullptr) {
        settle_listener* next = listener->next_listener;
        listener->abandoned();
        listener = next;
    }
}

void future_base::report_unretrieved() noexcept {
    if (event_loop* loop = this_thread.loop) {
        loop->call_exception_handler(
            {"future exception was never retrieved", result_base().error, {}, {}});
    } else {
        event_loop::default_exception_handler(
            {"future exception was never retrieved", result_base().error, {}, {}});
    }
}

void future_base::check_value() {
    if (!done()) {
        throw_invalid_state("result is not set");
    }
    if (failed()) {
        mark_retrieved();
        std::rethrow_exception(result_base().error);
    }
    if ((flags & flag_moved) != 0) {
        throw_invalid_state("the result was moved out by an earlier co_await on an rvalue");
    }
}

bool is_cancellation(const std::exception_ptr& error) noexcept {
    if (!error) {
        return false;
    }
    if (*error.__cxa_exception_type() == typeid(cancelled_error)) {
        return true;
    }
    try {
        std::rethrow_exception(error);
    } catch (const cancelled_error&) {
        return true;
    } catch (...) {  // any other error: not a cancellation, and not ours to handle
        return false;
    }
}

void outcome_base::rethrow() {
    std::rethrow_exception(take_error());
}

void throw_invalid_state(const char* what) {
    throw invalid_state_error(what);
}

void throw_usage(const char* what) {
    throw usage_error(what);
}

}  // namespace nurt::detail
