// SPDX-License-Identifier: MIT
// nurt/core/detail/loop_set.cpp: see the header.
#include "nurt/core/detail/loop_set.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/io/machine.hpp"

namespace nurt::detail {

// Main can be asked to stop while this lives.
class loop_member::presence {
public:
    explicit presence(loop_member& m) noexcept : member_(m) { m.main_ = current_task().base(); }
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    ~presence() { member_.main_ = nullptr; }

private:
    loop_member& member_;
};

namespace {

run_options alone(run_options options) {
    options.loops = 1;
    options.handle_interrupt = false;  // the set does
    return options;
}

}  // namespace

loop_member::loop_member(loop_set& all, services parts, const run_options& options)
    : all_(all),
      runner_(std::make_unique<runner>(std::move(parts), alone(options))),
      inbox_(&runner_->loop().inbox()) {
    inbox_->retain();
}

loop_member::~loop_member() {
    runner_.reset();  // it may discard this node
    inbox_->release();
}

// As main of the loop, so that fn is called where its coroutine runs.
coro<> loop_member::call(loop_main& work, loop_group here) {
    const presence known(*this);
    if (asked()) {
        main_->cancel(shared_text());
        co_await sleep(duration::zero());
    }
    co_await work.call(here);
}

void loop_member::stop() noexcept {
    if (!asked_.exchange(true) && !inbox_->push(*this)) {
        all_.one_heard();
    }
}

void loop_member::run() noexcept {
    if (main_ != nullptr) {
        main_->cancel(shared_text());
    }
    all_.one_heard();
}

void loop_member::discard() noexcept {
    all_.one_heard();
}

void loop_member::ended() noexcept {
    if (!asked_.exchange(true)) {
        all_.one_heard();
    }
}

loop_set::loop_set(loop_main& work, std::size_t count, services* parts, const run_options& options)
    : work_(work),
      handle_interrupt_(options.handle_interrupt),
      unheard_(static_cast<unsigned>(count)),
      open_(count) {
    for (std::size_t i = 0; i < count; ++i) {
        services own = parts != nullptr ? std::move(*parts) : services();
        members_.push_back(std::make_unique<loop_member>(*this, std::move(own), options));
    }
}

void loop_set::stop() noexcept {
    for (const auto& m : members_) {
        m->stop();
    }
}

// In a signal handler, too.
void loop_set::one_heard() noexcept {
    if (--unheard_ == 0 && interrupted_) {
        watch_->handled();
    }
}

// In the signal handler: every loop is told from here, since the first one may have ended.
void loop_set::interrupted(void* self) noexcept {
    auto* all = static_cast<loop_set*>(self);
    all->interrupted_ = true;
    all->stop();
    if (all->unheard_ == 0) {
        all->watch_->handled();
    }
}

void loop_set::run(std::source_location place) {
    {
        const io::signals_blocked in_other_threads;
        for (std::size_t i = 1; i < size(); ++i) {
            try {
                threads_.emplace_back([this, i, place] {
                    io::name_thread(("nurt-loop-" + std::to_string(i)).c_str());
                    begin_.wait();
                    if (!abandoned_) {
                        run_one(i, place);
                    }
                });
            } catch (const std::system_error& e) {
                abandon(e.code().value());
            }
        }
    }
    if (handle_interrupt_) {
        watch_.emplace(&loop_set::interrupted, this);
    }
    begin_.count_down();
    run_one(0, place);
    for (std::thread& t : threads_) {
        t.join();
    }
    watch_.reset();  // before this, others may tell it that they have heard
    finish();
}

void loop_set::abandon(int error) {
    abandoned_ = true;
    begin_.count_down();
    for (std::thread& t : threads_) {
        t.join();
    }
    throw os_error(error, "make a thread for a loop");
}

// Each loop waits for the others before it goes, on its own thread: until then it can be reached.
void loop_set::run_one(std::size_t i, std::source_location place) noexcept {
    loop_member& m = *members_[i];
    guarded(m, [&] { m.own().run(m.call(work_, loop_group(*this, i)), place); });
    if (m.own().loop().is_closed()) {
        in_child(i);
        return;
    }
    guarded(m, [&m] { m.own().close(); });
    m.ended();
    wait_for_others();
    m.destroy();
}

void loop_set::wait_for_others() {
    std::unique_lock lock(mutex_);
    if (--open_ == 0) {
        all_closed_.notify_all();
    }
    all_closed_.wait(lock, [this] { return open_ == 0; });
}

// The child of a fork() came back to its parent's loop. Its other threads do not exist.
void loop_set::in_child(std::size_t i) {
    if (i != 0) {
        event_loop::default_exception_handler({"in a loop's thread", errors_.back(), {}, {}});
        std::_Exit(EXIT_FAILURE);
    }
    for (std::thread& t : threads_) {
        t.detach();
    }
    threads_.clear();
}

template <class Step>
void loop_set::guarded(loop_member& m, Step step) noexcept {
    try {
        step();
    } catch (const cancelled_error&) {  // the main's, which has ended with it
        if (m.asked()) {
            cancelled_ = true;
        } else {
            fail(std::current_exception());
        }
    } catch (...) {  // run() throws it when every loop has ended
        fail(std::current_exception());
    }
}

void loop_set::fail(std::exception_ptr error) noexcept {
    {
        const std::lock_guard lock(mutex_);
        errors_.push_back(std::move(error));
    }
    stop();
}

void loop_set::finish() {
    if (errors_.size() == 1) {
        std::rethrow_exception(errors_.front());
    }
    if (!errors_.empty()) {
        throw exception_group("several loops failed", std::move(errors_));
    }
    if (interrupted_ && cancelled_) {
        throw keyboard_interrupt();
    }
}

void run_loops(loop_main& work, services* parts, const run_options& options,
               std::source_location place) {
    if (event_loop::running_or_null() != nullptr) {
        throw usage_error("run() cannot be called from a running event loop");
    }
    loop_set(work, work.copies(), parts, options).run(place);
}

std::size_t number_of_loops(const run_options& options, bool own_services) {
    if (own_services && options.loops != 1) {
        throw usage_error(
            "run(fn, services, {.loops = n}): services are those of one loop; leave out .loops, or "
            "the services");
    }
    return options.loops != 0 ? options.loops : io::processors();
}

void check_one_loop(const run_options& options) {
    if (options.loops != 1) {
        throw usage_error(
            "a coroutine runs once, on one loop: give its function, run(fn, {.loops = n}), and not "
            "what it returns, run(fn(), {.loops = n})");
    }
}

}  // namespace nurt::detail
