// SPDX-License-Identifier: MIT
#include "nurt/threads/detail/thread_call.hpp"

#include "nurt/threads/thread_pool.hpp"

namespace nurt::detail {

executor& executor_of(event_loop& loop) {
    executor* own = loop.parts().executor.get();
    return own != nullptr ? *own : thread_pool::shared();
}

void thread_wait::start() {
    event_loop& loop = event_loop::running();
    executor_ = &executor_of(loop);
    inbox_ = &loop.inbox();
    inbox_->retain();
    try {
        executor_->post(*this);
    } catch (...) {
        inbox_->release();
        throw;
    }
}

cancel_answer thread_wait::cancel() noexcept {
    if (executor_->withdraw(*this)) {
        inbox_->release();
        return cancel_answer::done;
    }
    stop_.request();
    return cancel_answer::later;
}

void thread_wait::deliver() noexcept {
    mailbox* inbox = inbox_;
    // As soon as the task is in, it may run, and this is gone. A closed loop has given its tasks up,
    // and this with them.
    static_cast<void>(inbox->push(waiter()));
    inbox->release();
}

void thread_job::start(event_loop& loop, executor& where, job_receiver& receiver) {
    executor_ = &where;
    loop_ = &loop;
    inbox_ = &loop.inbox();
    receiver_ = &receiver;
    inbox_->retain();
    try {
        where.post(*this);
    } catch (...) {
        receiver_ = nullptr;
        inbox_->release();
        drop();  // the thread's side; the caller's is still there
        throw;
    }
    loop.begin_outside_work();
}

bool thread_job::withdraw() noexcept {
    if (!executor_->withdraw(*this)) {
        return false;
    }
    inbox_->release();
    loop_->end_outside_work();
    drop();
    return true;
}

void thread_job::deliver() noexcept {
    mailbox* inbox = inbox_;
    if (!inbox->push(*this)) {
        drop();
    }
    inbox->release();
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
