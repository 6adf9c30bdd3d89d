// SPDX-License-Identifier: MIT
// tests/faults/backend_test.cpp: each operation fails, waits longer, or is done by half, one at a time.
#include "tests/faults/faulty_backend.hpp"
#include "tests/faults/scenario.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/net/server.hpp"
#include "nurt/sim/services.hpp"
#include "tests/support/in_loop.hpp"

using nurt::io::backend_kind;
using namespace nurt_test;

namespace {

nurt::services simulated(fault_plan& plan) {
    nurt::services parts = nurt::sim::make_services(7);
    parts.backend = make_faulty_backend(std::move(parts.backend), plan);
    return parts;
}

template <backend_kind Kind>
nurt::services real(fault_plan& plan) {
    nurt::services parts;
    parts.backend = make_faulty_backend(nurt::io::make_backend(Kind), plan);
    return parts;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "; ";
    }
    return text;
}

// The scenario again and again, until there is no n-th thing that could go wrong.
void harm_each(harm how, int error, nurt::services (*parts)(fault_plan&)) {
    for (std::uint64_t n = 1;; ++n) {
        fault_plan plan{.how = how, .nth = n, .error = error};
        const journal j = run_scenario([&] { return parts(plan); }, backend_kind::automatic);
        INFO("harm ", static_cast<int>(how), ", ", std::string(std::strerror(error)), ", number ",
             n, ": ", joined(j.errors));
        CHECK(joined(j.wrong) == "");
        CHECK(plan.channels == 0);
        const bool harmless =
            how == harm::delay || how == harm::shorten || how == harm::late_cancel;
        if (!plan.happened || harmless) {
            CHECK(joined(j.errors) == "");
            CHECK(j.finished);
        }
        if (!plan.happened) {
            CHECK(n > 3);
            return;
        }
    }
}

constexpr int errors[] = {ECONNRESET, EMFILE, ENOBUFS};

void fail_each(nurt::services (*parts)(fault_plan&)) {
    for (const int error : errors) {
        harm_each(harm::fail, error, parts);
    }
}
void fail_each_later(nurt::services (*parts)(fault_plan&)) {
    for (const int error : errors) {
        harm_each(harm::fail_later, error, parts);
    }
}
void disturb_each(nurt::services (*parts)(fault_plan&)) {
    for (const harm how : {harm::delay, harm::shorten, harm::late_cancel}) {
        harm_each(how, 0, parts);
    }
}
void break_each_wait(nurt::services (*parts)(fault_plan&)) {
    harm_each(harm::throw_in_wait, ENOMEM, parts);
}

}  // namespace

#define EVERYWHERE(sentence, body)              \
    TEST_CASE(sentence ", in simulated time") { \
        body(simulated);                        \
    }                                           \
    TEST_CASE(sentence ", over epoll") {        \
        body(real<backend_kind::epoll>);        \
    }                                           \
    TEST_CASE(sentence ", over io_uring") {     \
        body(real<backend_kind::uring>);        \
    }

EVERYWHERE("whatever fails at once, everything ends and nothing is left", fail_each)
EVERYWHERE("whatever fails later, everything ends and nothing is left", fail_each_later)
EVERYWHERE("what takes longer, is done by half or cannot be stopped does no harm", disturb_each)
EVERYWHERE("whichever wait fails, run ends with its error and nothing is left", break_each_wait)

TEST_CASE("a connect that succeeds in the moment of its timeout leaves no connection behind") {
    fault_plan plan;
    nurt::sim::faults slow;
    slow.latency = nurt::milliseconds(10);
    nurt::services parts = nurt::sim::make_services(7, slow);
    parts.backend = make_faulty_backend(std::move(parts.backend), plan);
    int late = 0;
    int in_time = 0;
    in_loop(std::move(parts), [&]() -> nurt::coro<> {
        auto hold = [](nurt::stream s) -> nurt::coro<> { const auto all = co_await s.read_all(); };
        auto server = co_await nurt::start_server(hold, "127.0.0.1", 7000);
        for (int us = 9'900; us <= 30'100; us += 100) {
            try {
                const nurt::stream s = co_await nurt::wait_for(nurt::connect("127.0.0.1", 7000),
                                                               nurt::microseconds(us));
                ++in_time;
            } catch (const nurt::timeout_error&) {
                ++late;
            }
        }
        server.close();
        co_await server.wait_closed();
        CHECK(plan.channels == 0);
    });
    CHECK(late > 0);
    CHECK(in_time > 0);
}
