// SPDX-License-Identifier: MIT
// tests/support/in_loop.hpp: runs the coroutine of a test on a loop of its own.
//
// By default in simulated time, where nothing sleeps and whoever waits for ever is an error.
#pragma once

#include "nurt/core/run.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/services.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nurt_test {

// Runs `body`, a function that returns coro<void>. What the loop's exception handler is told lands in
// errors, if given, and fails the test otherwise.
template <class Body>
void in_loop(nurt::services parts, Body body, std::vector<std::string>* errors = nullptr) {
    nurt::run_options options;
    options.handle_interrupt = false;
    nurt::runner runner(std::move(parts), options);
    runner.loop().set_exception_handler([errors](const nurt::error_context& context) {
        if (errors != nullptr) {
            errors->emplace_back(context.message);
        } else {
            FAIL_CHECK(context.message);
            nurt::event_loop::default_exception_handler(context);
        }
    });
    runner.run(body());
    runner.close();
}

template <class Body>
void in_sim(Body body, const nurt::sim::faults& plan = {}, std::uint64_t seed = 1) {
    in_loop(nurt::sim::make_services(seed, plan), std::move(body));
}

// The error of type T that awaiting this throws; std::logic_error when it throws nothing.
template <class T, class U>
nurt::coro<T> error_of(nurt::coro<U> work) {
    std::optional<T> caught;
    try {
        co_await std::move(work);
    } catch (const T& e) {
        caught.emplace(e);
    }
    if (!caught) {
        throw std::logic_error("nothing was thrown");
    }
    co_return *caught;
}

}  // namespace nurt_test
