// SPDX-License-Identifier: MIT
#include "nurt/threads/concurrent_future.hpp"

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace nurt::detail {

struct concurrent_base::waiting {
    std::mutex mutex;
    std::condition_variable ended;
    std::vector<unique_function<void()>> callbacks;
};

namespace {

void call(unique_function<void()>& callback) noexcept {
    try {
        callback();
    } catch (...) {  // there is no loop here to tell it to
        event_loop::default_exception_handler(
            {"exception in a done callback", std::current_exception(), {}, {}});
    }
}

}  // namespace

concurrent_base::concurrent_base() : waiting_(new waiting) {}

concurrent_base::~concurrent_base() {
    delete waiting_;
}

bool concurrent_base::claim() noexcept {
    status expected = status::pending;
    return status_.compare_exchange_strong(expected, status::claimed, std::memory_order_acq_rel);
}

void concurrent_base::end(status how) noexcept {
    retain();  // a callback may drop the last handle
    std::vector<unique_function<void()>> callbacks;
    {
        const std::lock_guard lock(waiting_->mutex);
        status_.store(how, std::memory_order_release);
        callbacks.swap(waiting_->callbacks);
    }
    waiting_->ended.notify_all();
    for (auto& callback : callbacks) {
        call(callback);
    }
    release();
}

void concurrent_base::finish() noexcept {
    end(status::value);
}

void concurrent_base::settle_error(std::exception_ptr error) noexcept {
    result_base().error = std::move(error);
    end(status::error);
}

bool concurrent_base::cancel() noexcept {
    if (!claim()) {
        return false;
    }
    end(status::cancelled);
    return true;
}

bool concurrent_base::wait(duration limit) {
    if (done()) {
        return true;
    }
    if (made_by != nullptr && this_thread.loop == made_by) {
        throw usage_error(
            "this thread's own event loop has to set the result: co_await wrap_future(...)");
    }
    std::unique_lock lock(waiting_->mutex);
    const auto ended = [this] { return done(); };
    if (limit == duration::max()) {
        waiting_->ended.wait(lock, ended);
        return true;
    }
    return waiting_->ended.wait_for(lock, std::chrono::nanoseconds(limit.count()), ended);
}

void concurrent_base::wait_or_throw(duration limit) {
    if (!wait(limit)) {
        throw timeout_error();
    }
}

void concurrent_base::add_done_callback(unique_function<void()> callback) {
    {
        const std::lock_guard lock(waiting_->mutex);
        if (!done()) {
            waiting_->callbacks.push_back(std::move(callback));
            return;
        }
    }
    call(callback);
}

void concurrent_base::check_value() {
    if (cancelled()) {
        throw cancelled_error();
    }
    if (!has_value()) {
        std::rethrow_exception(result_base().error);
    }
}

std::exception_ptr concurrent_base::exception() {
    if (cancelled()) {
        throw cancelled_error();
    }
    return result_base().error;
}

void throw_set_twice() {
    throw invalid_state_error("the concurrent_future has a result already");
}

}  // namespace nurt::detail
