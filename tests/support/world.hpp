// SPDX-License-Identifier: MIT
// tests/support/world.hpp: a coroutine as a test, in simulated time.
//
// in_task(body) runs a coroutine as the main task of a loop with a virtual clock: nothing sleeps, and a
// program in which everybody waits for somebody else fails with sim::deadlock. What would go to standard
// error (errors nobody retrieved) is collected instead, and in_task fails if there is any.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/run.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/services.hpp"

namespace nurt_test {

// The text of an exception: what(), or the message of a cancelled_error in brackets.
inline std::string text_of(const std::exception_ptr& error) {
    if (!error) return "none";
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (const nurt::cancelled_error& e) {
        return std::string("[cancelled: ") + e.message() + "]";
    } catch (...) {
        return "something else";
    }
}

// What the loop's exception handler was told.
struct report {
    std::string message;
    std::string error;
    std::string task;
    std::string place;
};

class world {
public:
    explicit world(std::uint64_t seed = 0, nurt::run_options options = {.handle_interrupt = false})
        : runner(nurt::sim::make_services(seed), options) {
        runner.loop().set_exception_handler([this](const nurt::error_context& c) {
            reports.push_back({std::string(c.message), text_of(c.error), std::string(c.task_name),
                               std::string(c.place)});
        });
    }

    // The body, a function that returns a coro, lives until its coroutine has ended.
    template <class Body>
    auto run(Body body) {
        return runner.run(body());
    }

    std::vector<report> reports;  // before the runner, whose end may add to them
    nurt::runner runner;
};

template <class Body>
auto in_task(Body body) {
    world w;
    struct check {
        world& w;
        ~check() {
            for (const report& r : w.reports) FAIL_CHECK(r.message << ": " << r.error);
        }
    } const at_end{w};
    return w.run(std::move(body));
}

// Counts turns of the running loop, from its making on.
class loop_probe {
public:
    std::uint64_t turns() const { return nurt::event_loop::running().turns() - start_; }

private:
    std::uint64_t start_ = nurt::event_loop::running().turns();
};

// Virtual time since its making, in seconds.
class stopwatch {
public:
    double seconds() const { return (nurt::event_loop::running().time() - start_).seconds(); }

private:
    nurt::instant start_ = nurt::event_loop::running().time();
};

}  // namespace nurt_test
