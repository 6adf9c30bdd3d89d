// SPDX-License-Identifier: MIT
// nurt/threads/to_thread.hpp: a function that blocks, without blocking the loop.
//
// It runs in a thread of the process's pool (nurt/threads/thread_pool.hpp), or of the executor among
// the loop's services; in a simulation on the loop's thread, a little later. Function and arguments
// are moved or copied, as into a std::thread: pass std::ref to share, and then mind that two threads
// see it. The context variables are copied. A function that takes a std::stop_token first gets one,
// and is asked to stop by it when the task that waits is cancelled.
#pragma once

#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/body.hpp"
#include "nurt/threads/detail/thread_call.hpp"

namespace nurt {

// The first argument of to_thread: a cancelled task leaves the thread alone.
struct abandon_on_cancel_t {
    explicit abandon_on_cancel_t() = default;
};
inline constexpr abandon_on_cancel_t abandon_on_cancel{};

namespace detail {

// capacity_limiter, semaphore: who holds what acquire() gives may go on.
template <class L>
concept limits = std::is_lvalue_reference_v<L> && requires(L limiter) { limiter.acquire(); };

template <class Fn, class... Args>
using result_in_thread = thread_result_t<std::decay_t<Fn>, std::decay_t<Args>...>;

template <class T, class Fn, class... Args>
coro<T> in_thread(Fn fn, Args... args) {
    thread_call<T, Fn, Args...> call(fn, args...);
    co_return co_await call;
}

template <class T, class Limiter, class Fn, class... Args>
coro<T> in_thread_limited(Limiter* limiter, Fn fn, Args... args) {
    const auto token = co_await limiter->acquire();
    thread_call<T, Fn, Args...> call(fn, args...);
    co_return co_await call;
}

template <class T, class Fn, class... Args>
coro<T> in_abandoned_thread(Fn fn, Args... args);

}  // namespace detail

// Calls fn(args...) in another thread; its value or exception arrives here.
//
// A task that is cancelled meanwhile waits for the thread, for what the thread works on is often the
// task's own: if the call has not begun it never does, else its stop_token is told, and the result
// arrives and the cancellation waits for the next co_await. Python: asyncio.to_thread, which returns
// at once instead.
template <class Fn, class... Args>
    requires detail::thread_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto to_thread(Fn&& fn, Args&&... args) -> coro<detail::result_in_thread<Fn, Args...>> {
    detail::check_body<Fn>();
    return detail::in_thread<detail::result_in_thread<Fn, Args...>, std::decay_t<Fn>,
                             std::decay_t<Args>...>(std::forward<Fn>(fn),
                                                    std::forward<Args>(args)...);
}

// A cancelled task goes on at once and the thread runs until it is done; its stop_token is told. What
// it returns or throws is destroyed on the loop's thread. The end of run() waits for it, at most
// run_options::thread_grace.
template <class Fn, class... Args>
    requires detail::thread_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto to_thread(abandon_on_cancel_t, Fn&& fn, Args&&... args)
    -> coro<detail::result_in_thread<Fn, Args...>> {
    detail::check_body<Fn>();
    return detail::in_abandoned_thread<detail::result_in_thread<Fn, Args...>, std::decay_t<Fn>,
                                       std::decay_t<Args>...>(std::forward<Fn>(fn),
                                                              std::forward<Args>(args)...);
}

// Holds a token of the limiter (a capacity_limiter or semaphore, which has to live long enough)
// until the thread is done.
template <detail::limits Limiter, class Fn, class... Args>
    requires detail::thread_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto to_thread(Limiter&& limiter, Fn&& fn, Args&&... args)
    -> coro<detail::result_in_thread<Fn, Args...>> {
    detail::check_body<Fn>();
    return detail::in_thread_limited<detail::result_in_thread<Fn, Args...>,
                                     std::remove_reference_t<Limiter>, std::decay_t<Fn>,
                                     std::decay_t<Args>...>(&limiter, std::forward<Fn>(fn),
                                                            std::forward<Args>(args)...);
}

// Implementation

namespace detail {

template <class T, class Fn, class... Args>
class abandoning_call final : public abandoning_wait {
    using job_type = thread_job_of<T, Fn, Args...>;

public:
    explicit abandoning_call(Fn&& fn, Args&&... args)
        : abandoning_wait(*new job_type(std::move(fn), std::move(args)...)) {}
    T await_resume() {
        auto& job = static_cast<job_type&>(*job_);
        if (job.failed()) {
            std::rethrow_exception(job.take_error());
        }
        return job.value();
    }
};

template <class T, class Fn, class... Args>
coro<T> in_abandoned_thread(Fn fn, Args... args) {
    abandoning_call<T, Fn, Args...> call(std::move(fn), std::move(args)...);
    co_return co_await call;
}

}  // namespace detail
}  // namespace nurt
