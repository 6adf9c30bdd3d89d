// SPDX-License-Identifier: MIT
// nurt/net/detail/staggered.cpp: see the header.
#include "nurt/net/detail/staggered.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/sync/event.hpp"

#include <exception>
#include <utility>

namespace nurt::detail {

namespace {

struct contest {
    std::vector<ip_address> addresses;
    connect_attempt attempt;
    std::vector<std::exception_ptr> failures;  // at the place of their address
    std::size_t latest = 0;                    // the attempt that was started last
    event latest_failed;
    stream winner;
};

coro<void> compete(task_group& group, contest& all, std::size_t index) {
    try {
        stream made = co_await all.attempt(all.addresses[index]);
        if (all.winner.is_closed()) {  // else two came in one turn, and this one is closed
            all.winner = std::move(made);
            group.cancel();
        }
    } catch (const os_error&) {
        all.failures[index] = std::current_exception();
        if (index == all.latest) {
            all.latest_failed.set();
        }
    }
}

coro<void> failure_of_latest(contest& all) {
    co_await all.latest_failed.wait();
}

coro<void> start_all(task_group& group, contest& all, duration delay) {
    for (std::size_t i = 0; i < all.addresses.size(); ++i) {
        if (i != 0) {
            co_await move_on_after(delay, failure_of_latest(all));
        }
        all.latest = i;
        all.latest_failed.clear();
        group.create_task(compete(group, all, i), "connect").detach();
    }
}

}  // namespace

std::vector<ip_address> interleaved(const std::vector<ip_address>& addresses) {
    std::vector<ip_address> families[2];
    for (const ip_address& each : addresses) {
        families[each.is_v4() == addresses.front().is_v4() ? 0 : 1].push_back(each);
    }
    std::vector<ip_address> result;
    for (std::size_t i = 0; result.size() < addresses.size(); ++i) {
        for (const auto& family : families) {
            if (i < family.size()) {
                result.push_back(family[i]);
            }
        }
    }
    return result;
}

coro<stream> first_connection(std::vector<ip_address> addresses, duration delay,
                              connect_attempt attempt) {
    contest all{std::move(addresses), std::move(attempt), {}, 0, {}, {}};
    all.failures.resize(all.addresses.size());
    co_await with(task_group(), [&](task_group& group) { return start_all(group, all, delay); });
    if (all.winner.is_closed()) {
        throw exception_group("no address could be connected to", std::move(all.failures));
    }
    co_return std::move(all.winner);
}

}  // namespace nurt::detail
