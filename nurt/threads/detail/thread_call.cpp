// SPDX-License-Identifier: MIT
#include "nurt/threads/detail/thread_call.hpp"

namespace nurt::detail {

void thread_wait::start() {
    event_loop& loop = event_loop::running();
    posted_.post(loop, executor_of(loop), *this);
}

cancel_answer thread_wait::cancel() noexcept {
    if (posted_.withdraw(*this)) {
        return cancel_answer::done;
    }
    stop_.request();
    return cancel_answer::later;
}

// A closed loop has given up its tasks, and this with them.
void thread_wait::deliver() noexcept {
    static_cast<void>(posted_.deliver(waiter()));
}

void thread_job::start(event_loop& loop, executor& where, job_receiver& receiver) {
    loop_ = &loop;
    receiver_ = &receiver;
    try {
        posted_.post(loop, where, *this);
    } catch (...) {
        receiver_ = nullptr;
        drop();  // the thread's side; the caller's is still there
        throw;
    }
    loop.begin_outside_work();
}

bool thread_job::withdraw() noexcept {
    if (!posted_.withdraw(*this)) {
        return false;
    }
    loop_->end_outside_work();
    drop();
    return true;
}

void thread_job::deliver() noexcept {
    if (!posted_.deliver(*this)) {
        drop();
    }
}

void thread_job::run() noexcept {
    loop_->end_outside_work();
    if (receiver_ != nullptr) {
        receiver_->arrived();
    } else if (error() && !forgotten_) {
        loop_->call_exception_handler(
            {"exception of work in another thread was never retrieved", error(), {}, {}});
    }
    drop();
}

void abandoning_wait::await_suspend(std::coroutine_handle<>) {
    event_loop& loop = event_loop::running();
    started_ = true;
    try {
        job_->start(loop, executor_of(loop), *this);
    } catch (...) {
        started_ = false;
        throw;
    }
}

cancel_answer abandoning_wait::cancel() noexcept {
    if (!job_->withdraw()) {
        job_->request_stop();
        job_->forget_errors();
    }
    job_->leave();
    job_ = nullptr;
    return cancel_answer::done;
}

abandoning_wait::~abandoning_wait() {
    if (job_ != nullptr) {
        job_->leave();
    }
}

}  // namespace nurt::detail
