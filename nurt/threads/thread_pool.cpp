// SPDX-License-Identifier: MIT
#include "nurt/threads/thread_pool.hpp"

#include "nurt/base/error.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>

#include <pthread.h>

namespace nurt {

namespace {

constexpr std::size_t most_by_default = 32;
constexpr std::size_t beyond_processors = 4;
constexpr std::size_t name_size = 16;  // what the kernel keeps, with its end

std::size_t default_limit() {
    return std::min<std::size_t>(most_by_default,
                                 std::thread::hardware_concurrency() + beyond_processors);
}

// No signal of the process is delivered to threads that are made while this lives.
class signals_blocked {
public:
    signals_blocked() noexcept {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;
    ~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

}  // namespace

// On the stack of its thread.
struct thread_pool::worker : list_link {
    std::condition_variable wake;
    bool called = false;  // taken out of the idle ones, for a job
};

// Invariants, under the mutex:
//  1. threads counts those that exist or are being made; the idle ones are in the list.
//  2. While a job is queued and no thread is on its way to it, as many threads exist as may.
//  3. The state lives until the pool and every thread have released it.
class thread_pool::state : public list_link {
public:
    explicit state(const thread_pool_options& o);
    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept;

    void post(job& work);
    bool withdraw(job& work) noexcept;
    void close() noexcept;
    bool join(duration limit);
    statistics_t statistics();

    void before_fork() { mutex_.lock(); }
    void after_fork(bool in_child) noexcept;

private:
    void make_thread();
    void work(std::size_t number) noexcept;
    bool run_jobs(std::unique_lock<std::mutex>& lock);
    bool be_idle(worker& me, std::unique_lock<std::mutex>& lock);
    void call_everybody() noexcept;

    std::mutex mutex_;
    intrusive_list<job> queue_;
    intrusive_list<worker> idle_;  // the last one to become idle is first
    std::condition_variable quiet_;
    std::size_t threads_ = 0;
    std::size_t idle_count_ = 0;
    std::size_t queued_ = 0;
    std::size_t running_ = 0;
    std::size_t made_ = 0;  // threads, ever: their numbers
    std::uint64_t ended_ = 0;
    unsigned generation_ = 0;  // how many forks away from the process that made it
    bool closed_ = false;
    const std::size_t limit_;
    const duration idle_time_;
    char name_[name_size];
    std::atomic<unsigned> references_{1};
};

namespace {

// Every pool, for fork. Never destroyed: threads may outlive main.
struct pool_list {
    std::mutex mutex;
    intrusive_list<list_link> pools;
};

pool_list& all_pools() {
    alignas(pool_list) static char memory[sizeof(pool_list)];
    static auto* list = new (memory) pool_list;
    return *list;
}

}  // namespace

thread_pool::state::state(const thread_pool_options& o)
    : limit_(o.max_threads != 0 ? o.max_threads : default_limit()), idle_time_(o.idle_time) {
    std::snprintf(name_, sizeof name_, "%s", o.name);
    // Holds every mutex across a fork, so that the child finds them whole and free.
    static constexpr auto each = [](auto what) {
        for (list_link* l = all_pools().pools.front(); l != nullptr;
             l = all_pools().pools.next(*l)) {
            what(static_cast<state&>(*l));
        }
    };
    static const int installed = ::pthread_atfork(
        [] {
            all_pools().mutex.lock();
            each([](state& s) { s.before_fork(); });
        },
        [] {
            each([](state& s) { s.after_fork(false); });
            all_pools().mutex.unlock();
        },
        [] {
            each([](state& s) { s.after_fork(true); });
            all_pools().mutex.unlock();
        });
    static_cast<void>(installed);
    const std::lock_guard lock(all_pools().mutex);
    all_pools().pools.push_back(*this);
}

void thread_pool::state::release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        {
            const std::lock_guard lock(all_pools().mutex);
            unlink();
        }
        delete this;
    }
}

void thread_pool::state::post(job& work) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            throw usage_error("cannot post work to a closed thread_pool");
        }
        queue_.push_back(work);
        ++queued_;
        if (worker* free = idle_.pop_front()) {
            --idle_count_;
            free->called = true;
            free->wake.notify_one();  // under the mutex: an idle worker may be gone after it
            return;
        }
        if (threads_ == limit_) {
            return;
        }
        ++threads_;
    }
    try {
        make_thread();
    } catch (const std::system_error& e) {
        const std::lock_guard lock(mutex_);
        // The other threads will come to it. Without any, nobody would.
        if (--threads_ == 0 && work.linked()) {
            work.unlink();
            --queued_;
            throw os_error(e.code().value(), "make a thread for blocking work");
        }
    }
}

void thread_pool::state::make_thread() {
    std::size_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = ++made_;
    }
    const signals_blocked during;
    retain();
    try {
        std::thread([this, number] {
            work(number);
            release();
        }).detach();
    } catch (...) {
        release();
        throw;
    }
}

void thread_pool::state::work(std::size_t number) noexcept {
    char name[name_size];
    std::snprintf(name, sizeof name, "%.11s-%zu", name_, number % 1000);
    ::pthread_setname_np(::pthread_self(), name);
    worker me;
    std::unique_lock lock(mutex_);
    do {
        if (!run_jobs(lock)) {
            return;
        }
    } while (be_idle(me, lock));
    --threads_;
}

// False in the child of a fork in the middle of a job: the pool knows nothing of this thread.
bool thread_pool::state::run_jobs(std::unique_lock<std::mutex>& lock) {
    while (job* next = queue_.pop_front()) {
        --queued_;
        ++running_;
        const unsigned generation = generation_;
        lock.unlock();
        next->execute();
        lock.lock();
        if (generation != generation_) {
            return false;
        }
        ++ended_;
        if (--running_ == 0 && queued_ == 0) {
            quiet_.notify_all();
        }
    }
    return true;
}

// False: the thread is to end.
bool thread_pool::state::be_idle(worker& me, std::unique_lock<std::mutex>& lock) {
    if (closed_) {
        return false;
    }
    me.called = false;
    idle_.push_front(me);
    ++idle_count_;
    const auto called = [&me] { return me.called; };
    // Longer than this, the clock's arithmetic overflows.
    const std::chrono::nanoseconds time(
        std::min<std::int64_t>(idle_time_.count(), seconds(1e9).count()));
    if (!me.wake.wait_for(lock, time, called)) {
        me.unlink();
        --idle_count_;
        return false;
    }
    return true;
}

bool thread_pool::state::withdraw(job& work) noexcept {
    const std::lock_guard lock(mutex_);
    if (!work.linked()) {
        return false;
    }
    work.unlink();
    if (--queued_ == 0 && running_ == 0) {
        quiet_.notify_all();
    }
    return true;
}

void thread_pool::state::call_everybody() noexcept {
    while (worker* w = idle_.pop_front()) {
        --idle_count_;
        w->called = true;
        w->wake.notify_one();
    }
}

void thread_pool::state::close() noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    call_everybody();
}

bool thread_pool::state::join(duration limit) {
    std::unique_lock lock(mutex_);
    const auto quiet = [this] { return queued_ == 0 && running_ == 0; };
    if (limit == duration::max()) {
        quiet_.wait(lock, quiet);
        return true;
    }
    return quiet_.wait_for(lock, std::chrono::nanoseconds(limit.count()), quiet);
}

thread_pool::statistics_t thread_pool::state::statistics() {
    const std::lock_guard lock(mutex_);
    return {threads_, idle_count_, limit_, queued_, ended_};
}

// The child has none of the threads, and what is queued belongs to loops that are not its own.
void thread_pool::state::after_fork(bool in_child) noexcept {
    if (in_child) {
        ::new (static_cast<void*>(&queue_)) intrusive_list<job>;
        ::new (static_cast<void*>(&idle_)) intrusive_list<worker>;
        ::new (static_cast<void*>(&quiet_)) std::condition_variable;
        threads_ = idle_count_ = queued_ = running_ = 0;
        ++generation_;
    }
    mutex_.unlock();
}

thread_pool::thread_pool(thread_pool_options options) : state_(new state(options)) {}

thread_pool::~thread_pool() {
    close();
    state_->release();
}

thread_pool& thread_pool::shared() {
    alignas(thread_pool) static char memory[sizeof(thread_pool)];
    static auto* pool = new (memory) thread_pool;  // threads that run at exit still use it
    return *pool;
}

void thread_pool::post(job& work) {
    state_->post(work);
}

bool thread_pool::withdraw(job& work) noexcept {
    return state_->withdraw(work);
}

void thread_pool::close() noexcept {
    state_->close();
}

bool thread_pool::join(duration limit) {
    return state_->join(limit);
}

thread_pool::statistics_t thread_pool::statistics() const {
    return state_->statistics();
}

}  // namespace nurt
