// SPDX-License-Identifier: MIT
// tests/faults/outside_test.cpp: the programs of outside.hpp while each operation of the backend fails,
// waits longer, or is done by half.
#include "tests/faults/outside.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "nurt/io/make_backend.hpp"
#include "tests/faults/faulty_backend.hpp"

using nurt::io::backend_kind;
using namespace nurt_test;

namespace {

// Whatever it is, a part may end with an error only if something has failed.
bool harms(harm how) {
    return how == harm::fail || how == harm::fail_later;
}

// False: there is no n-th thing that could go wrong.
bool harm_once(const outside_part& part, backend_kind kind, fault_plan plan) {
    const outside_run r = run_part(
        part,
        [&] {
            nurt::services parts = on_one_thread();
            parts.backend = make_faulty_backend(nurt::io::make_backend(kind), plan);
            return parts;
        },
        kind);
    INFO(std::string(part.name), ": harm ", static_cast<int>(plan.how), ", ",
         std::string(std::strerror(plan.error)), ", number ", plan.nth, ": ",
         joined(r.what.errors));
    CHECK(joined(r.what.wrong) == "");
    CHECK(plan.channels == 0);
    CHECK((r.what.finished || (plan.happened && harms(plan.how))));
    return plan.happened;
}

void harm_each(backend_kind kind, harm how, int error) {
    for (const outside_part& part : all_parts()) {
        bool happened = true;
        for (std::uint64_t n = 1; happened; ++n) {
            happened = harm_once(part, kind, {.how = how, .nth = n, .error = error});
        }
    }
}

void fail_each(backend_kind kind) {
    for (const harm how : {harm::fail, harm::fail_later}) {
        for (const int error : {ENOBUFS, EIO}) {
            harm_each(kind, how, error);
        }
    }
}

void disturb_each(backend_kind kind) {
    for (const harm how : {harm::delay, harm::shorten, harm::late_cancel}) {
        harm_each(kind, how, 0);
    }
}

}  // namespace

TEST_CASE("whatever operation on the outside world fails, nothing is left, on epoll") {
    fail_each(backend_kind::epoll);
}
TEST_CASE("whatever operation on the outside world fails, nothing is left, on io_uring") {
    fail_each(backend_kind::uring);
}
TEST_CASE(
    "operations on the outside world that take longer or are done by half do no harm, on epoll") {
    disturb_each(backend_kind::epoll);
}
TEST_CASE(
    "operations on the outside world that take longer or are done by half do no harm, on "
    "io_uring") {
    disturb_each(backend_kind::uring);
}
