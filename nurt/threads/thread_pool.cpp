// SPDX-License-Identifier: MIT
#include "nurt/threads/thread_pool.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/machine.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nurt {

namespace {

constexpr std::size_t most_by_default = 32;
constexpr std::size_t beyond_processors = 4;
constexpr std::size_t name_size = 16;  // what the kernel keeps, with its end

std::size_t default_limit() {
    return std::min<std::size_t>(most_by_default,
                                 std::thread::hardware_concurrency() + beyond_processors);
}

}  // namespace

// A thread's place to sleep. Places are kept as long as the pool, so that a thread can be woken after
// the mutex was left: one that is woken while the waker still holds it would run into it.
struct thread_pool::worker : list_link {
    static constexpr std::uint32_t asleep = 0, called = 1;

    void call() noexcept {
        word.store(called, std::memory_order_release);
        ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
    // False: nobody called in that time. May be too early.
    bool sleep(duration limit) noexcept {
        const timespec time{.tv_sec = limit.count() / 1'000'000'000,
                            .tv_nsec = limit.count() % 1'000'000'000};
        while (word.load(std::memory_order_acquire) == asleep) {
            const long failed =
                ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, asleep, &time, nullptr, 0);
            if (failed != 0 && errno == ETIMEDOUT) {
                return false;
            }
        }
        return true;
    }

    std::atomic<std::uint32_t> word{asleep};
};

// Invariants, under the mutex:
//  1. threads counts those that exist or are being made; the idle ones are in the list.
//  2. A job is queued only while as many threads will look at the queue (those that have been called,
//     or are delivering), or as many threads exist as may and work.
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
    void thread_is_missing(job& work, int error);
    void work(std::size_t number) noexcept;
    bool run_jobs(std::unique_lock<std::mutex>& lock);
    bool be_idle(worker& me, std::unique_lock<std::mutex>& lock);
    worker& take_place();
    void call_everybody() noexcept;

    std::mutex mutex_;
    intrusive_list<job> queue_;
    intrusive_list<worker> idle_;  // the last one to become idle is first
    intrusive_list<worker> free_;  // places of threads that have ended
    std::condition_variable quiet_;
    std::size_t threads_ = 0;
    std::size_t idle_count_ = 0;
    std::size_t queued_ = 0;
    std::size_t running_ = 0;
    std::size_t coming_ = 0;  // threads that will look at the queue in a moment
    std::size_t made_ = 0;    // threads, ever: their numbers
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
        while (worker* place = free_.pop_front()) {
            delete place;
        }
        delete this;
    }
}

void thread_pool::state::post(job& work) {
    {
        std::unique_lock lock(mutex_);
        if (closed_) {
            throw usage_error("cannot post work to a closed thread_pool");
        }
        queue_.push_back(work);
        if (++queued_ <= coming_) {
            return;
        }
        if (worker* sleeper = idle_.pop_front()) {
            --idle_count_;
            ++coming_;
            lock.unlock();
            sleeper->call();
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
        thread_is_missing(work, e.code().value());
    } catch (const std::bad_alloc&) {
        thread_is_missing(work, ENOMEM);
    }
}

// The other threads will come to the work. Without any, nobody would.
void thread_pool::state::thread_is_missing(job& work, int error) {
    const std::lock_guard lock(mutex_);
    if (--threads_ == 0 && work.linked()) {
        work.unlink();
        --queued_;
        throw os_error(error, "make a thread for blocking work");
    }
}

void thread_pool::state::make_thread() {
    std::size_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = ++made_;
    }
    const io::signals_blocked during;
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
    io::name_thread(name);
    std::unique_lock lock(mutex_);
    worker& me = take_place();
    do {
        if (!run_jobs(lock)) {
            return;
        }
    } while (be_idle(me, lock));
    free_.push_front(me);
    --threads_;
}

thread_pool::worker& thread_pool::state::take_place() {
    worker* place = free_.pop_front();
    return place != nullptr ? *place : *new worker;
}

// False in the child of a fork in the middle of a job: the pool knows nothing of this thread.
//
// Whoever waits for the job often has the next one at once. So before it is told, the thread counts
// as coming: the next job needs neither another thread nor a wake-up.
bool thread_pool::state::run_jobs(std::unique_lock<std::mutex>& lock) {
    while (job* next = queue_.pop_front()) {
        --queued_;
        ++running_;
        const unsigned generation = generation_;
        lock.unlock();
        next->call();
        lock.lock();
        const bool here = generation == generation_;
        coming_ += here ? 1 : 0;
        lock.unlock();
        next->deliver();
        lock.lock();
        if (generation != generation_) {
            return false;
        }
        --coming_;
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
    idle_.push_front(me);
    ++idle_count_;
    while (me.linked()) {  // a call for who slept here before may come late
        me.word.store(worker::asleep, std::memory_order_relaxed);
        lock.unlock();
        const bool called = me.sleep(idle_time_);
        lock.lock();
        if (!called && me.linked()) {
            me.unlink();
            --idle_count_;
            return false;
        }
    }
    --coming_;  // whoever took the place out of the list has counted it
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
        ++coming_;
        w->call();
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
        ::new (static_cast<void*>(&free_)) intrusive_list<worker>;
        ::new (static_cast<void*>(&quiet_)) std::condition_variable;
        threads_ = idle_count_ = queued_ = running_ = coming_ = 0;
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
