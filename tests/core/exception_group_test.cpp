// SPDX-License-Identifier: MIT
// tests/core/exception_group_test.cpp: several errors, and a handler for each type.
#include <doctest/doctest.h>

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::text_of;

namespace {

template <class E>
std::exception_ptr an(E error) {
    return std::make_exception_ptr(std::move(error));
}

// late, [io, late in a group of two], logic
exception_group mixed() {
    std::vector<std::exception_ptr> inner{an(os_error(2, "open x")), an(timeout_error("inner"))};
    std::vector<std::exception_ptr> outer{an(timeout_error("outer")),
                                          an(exception_group("nested", std::move(inner))),
                                          an(std::logic_error("logic"))};
    return exception_group("all", std::move(outer));
}

coro<> throws(std::exception_ptr error) {
    co_await sleep(duration::zero());
    std::rethrow_exception(error);
}

}  // namespace

TEST_CASE("split gives the errors of a type and the others, and keeps message and nesting") {
    const auto [late, rest] = mixed().split<timeout_error>();
    REQUIRE(late.has_value());
    CHECK(std::string(late->what()) == "all (2 errors: outer; nested (1 error: inner))");
    REQUIRE(rest.has_value());
    CHECK(std::string(rest->what()) ==
          "all (2 errors: nested (1 error: open x: No such file or directory); logic)");
}

TEST_CASE("a part of split without errors is nothing") {
    const auto none = mixed().split<std::bad_alloc>();
    CHECK(!none.matching.has_value());
    CHECK(none.rest->errors().size() == 3);
    const auto all = mixed().split<std::exception>();
    CHECK(all.matching->message() == "all");
    CHECK(!all.rest.has_value());
}

TEST_CASE("subgroup takes a base class or a predicate") {
    const auto ours = mixed().subgroup<nurt::error>();
    CHECK(std::string(ours->what()).find("logic") == std::string::npos);
    const auto inner =
        mixed().subgroup([](const std::exception_ptr& error) { return text_of(error) == "inner"; });
    CHECK(std::string(inner->what()) == "all (1 error: nested (1 error: inner))");
}

TEST_CASE("matches looks into nested groups") {
    CHECK(mixed().matches<os_error>());
    CHECK_FALSE(mixed().matches<invalid_state_error>());
}

TEST_CASE("catch_star gives each error to the first handler that fits") {
    std::vector<std::string> seen;
    catch_star(
        an(mixed()),
        [&](const timeout_error& e) { seen.push_back(std::string("late ") + e.what()); },
        [&](const nurt::error&) { seen.emplace_back("ours"); },
        [&](const std::exception&) { seen.emplace_back("any"); });
    CHECK(seen == std::vector<std::string>{"late outer", "ours", "late inner", "any"});
}

TEST_CASE("catch_star throws again what no handler takes, in its nesting") {
    std::string left;
    try {
        catch_star(an(mixed()), [](const std::logic_error&) {}, [](const os_error&) {});
    } catch (const exception_group& e) {
        left = e.what();
    }
    CHECK(left == "all (2 errors: outer; nested (1 error: inner))");
}

TEST_CASE("what a handler throws takes the place of its error, and no other handler gets it") {
    std::string left;
    try {
        catch_star(
            an(mixed()), [](const timeout_error&) { throw std::logic_error("handler"); },
            [](const std::exception&) {});
    } catch (const exception_group& e) {
        left = e.what();
    }
    CHECK(left == "all (2 errors: handler; nested (1 error: handler))");
}

TEST_CASE("catch_star handles an error that comes alone, or throws it as itself") {
    int late = 0;
    catch_star(an(timeout_error()), [&](const timeout_error&) { ++late; });
    CHECK(late == 1);
    CHECK_THROWS_AS(catch_star(an(usage_error("u")), [&](const timeout_error&) { ++late; }),
                    usage_error);
}

TEST_CASE("catch_star after a task_group") {
    in_task([]() -> coro<> {
        int late = 0;
        std::exception_ptr error;
        try {
            co_await with(task_group(), [&](task_group& group) -> coro<> {
                group.create_task(throws(an(timeout_error()))).detach();
                group.create_task(throws(an(timeout_error()))).detach();
                co_return;
            });
        } catch (const exception_group&) {
            error = std::current_exception();
        }
        catch_star(error, [&](const timeout_error&) { ++late; });
        CHECK(late == 2);
    });
}
