// SPDX-License-Identifier: MIT
// nurt/threads/run_in_executor.hpp: to_thread's elder sibling, which gives a future at once.
#pragma once

#include <memory>
#include <utility>

#include "nurt/core/detail/body.hpp"
#include "nurt/core/future.hpp"
#include "nurt/threads/detail/thread_call.hpp"

namespace nurt {

// Calls fn(args...) in a thread of that executor, which has to outlive the call; nullptr means the
// loop's own, or the process's pool. Work begins without being awaited. Cancelling the future takes
// work back that has not begun; what has begun goes on, its std::stop_token (see to_thread) is told,
// and its end is not waited for before the end of run(). Python: loop.run_in_executor.
template <class Fn, class... Args>
    requires detail::thread_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto run_in_executor(executor* where, Fn&& fn, Args&&... args)
    -> future<detail::thread_result_t<std::decay_t<Fn>, std::decay_t<Args>...>>;
template <class Fn, class... Args>
    requires detail::thread_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto run_in_executor(executor& where, Fn&& fn, Args&&... args) {
    return run_in_executor(&where, std::forward<Fn>(fn), std::forward<Args>(args)...);
}

// What run_in_executor(nullptr, ...) and to_thread use on this loop from now on; nullptr goes back to
// the process's pool. Throws usage_error while work of this loop is under way in the old one.
void set_default_executor(event_loop& loop, std::unique_ptr<executor> where);

// Implementation

namespace detail {

template <class T, class Fn, class... Args>
class executor_future final : public future_state<T>, public job_receiver {
    using job_type = thread_job_of<T, Fn, Args...>;

public:
    template <class F, class... A>
    executor_future(event_loop& loop, executor& where, F&& fn, A&&... args)
        : job_(new job_type(std::forward<F>(fn), std::forward<A>(args)...)) {
        try {
            job_->start(loop, where, *this);
        } catch (...) {
            job_->leave();
            throw;
        }
    }
    ~executor_future() override { leave(); }

    bool cancel(const shared_text& message) noexcept override {
        if (this->done()) {
            return false;
        }
        if (!job_->withdraw()) {
            job_->request_stop();
            job_->forget_errors();
        }
        leave();
        this->settle_cancelled(message);
        return true;
    }

    void arrived() noexcept override {
        this->retain();  // a listener may drop the last handle
        if (job_->failed()) {
            this->settle_error(job_->take_error());
        } else {
            if constexpr (!std::is_void_v<T>) {
                this->result.set(job_->value());
            }
            this->settle(this->result);
        }
        leave();
        this->release();
    }

private:
    void leave() noexcept {
        if (job_ != nullptr) {
            std::exchange(job_, nullptr)->leave();
        }
    }

    job_type* job_;
};

}  // namespace detail

template <class Fn, class... Args>
    requires detail::thread_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto run_in_executor(executor* where, Fn&& fn, Args&&... args)
    -> future<detail::thread_result_t<std::decay_t<Fn>, std::decay_t<Args>...>> {
    using T = detail::thread_result_t<std::decay_t<Fn>, std::decay_t<Args>...>;
    using state = detail::executor_future<T, std::decay_t<Fn>, std::decay_t<Args>...>;
    event_loop& loop = event_loop::running();
    executor& chosen = where != nullptr ? *where : detail::executor_of(loop);
    return future<T>(new state(loop, chosen, std::forward<Fn>(fn), std::forward<Args>(args)...));
}

}  // namespace nurt
