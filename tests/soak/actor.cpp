// SPDX-License-Identifier: MIT
// tests/soak/actor.cpp: how actors are cut short, and what may come of it.
#include "tests/soak/actor.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"

namespace nurt_soak {

namespace {

constexpr nurt::duration long_enough = nurt::seconds(40);

coro<bool> cancelled_from_outside(coro<> work, nurt::duration after) {
    auto going = nurt::create_task(std::move(work), "cut short");
    co_await nurt::sleep(after);
    going.cancel();
    const bool ended =
        co_await nurt::move_on_after(long_enough, [&]() -> coro<> { co_await going; });
    if (!ended) {
        throw nurt::error("was cancelled and goes on");
    }
    co_return true;
}

// False: it was cut short.
coro<bool> bounded(coro<> work, nurt::duration limit, std::size_t way) {
    auto body = [&work]() -> coro<> { co_await std::move(work); };
    if (way == 0) {
        bool ended = false;
        try {
            co_await nurt::wait_for(std::move(work), limit);
            ended = true;
        } catch (const nurt::timeout_error&) {
        }
        co_return ended;
    }
    if (way == 1) {
        const bool ended = co_await nurt::move_on_after(limit, body);
        co_return ended;
    }
    if (way == 2) {
        const bool ended = co_await cancelled_from_outside(std::move(work), limit);
        co_return ended;
    }
    const bool ended = co_await nurt::move_on_after(long_enough, body);
    if (!ended) {
        throw nurt::error("has not ended in 40 s");
    }
    co_return true;
}

// "" for what may not happen. A group is as bad as the worst in it. Poverty makes some descriptors
// invalid for posix_spawn: those above the limit, from before.
std::string ending_of(const std::exception_ptr& error, const habits& h, bool poor) {
    try {
        std::rethrow_exception(error);
    } catch (const nurt::exception_group& group) {
        std::string ending;
        for (const std::exception_ptr& each : group.errors()) {
            ending = ending_of(each, h, poor);
            if (ending.empty()) {
                break;
            }
        }
        return ending;
    } catch (const nurt::os_error& e) {
        const bool usual =
            std::find(h.errors.begin(), h.errors.end(), e.number()) != h.errors.end();
        return usual || (poor && e.number() == EBADF) ? e.code().message() : std::string();
    } catch (const nurt::cancelled_error&) {
        return "cut short";
    } catch (...) {
        return "";
    }
}

}  // namespace

coro<> attempt(world& w, dice& d, coro<> work, habits h) {
    auto going =
        nurt::create_task(bounded(std::move(work), d.moment(h.patience_ms), d.below(6)), h.kind);
    std::string ending;
    std::exception_ptr error;
    try {
        const bool whole = co_await going;
        ending = whole ? "done" : "cut short";
    } catch (const nurt::cancelled_error&) {
        if (!going.done()) {
            throw;
        }
        error = std::current_exception();
    } catch (const std::exception&) {
        error = std::current_exception();
    }
    if (error) {
        ending = ending_of(error, h, w.poverties % 2 == 1);
    }
    if (ending.empty()) {
        w.wrong(std::string(h.kind) + ": " + nurt::describe(error));
        ending = "wrong";
    }
    w.did(std::string(h.kind) + ": " + ending);
    if (error) {
        co_await nurt::sleep(nurt::milliseconds(1));  // what fails at once would keep the loop
    }
}

}  // namespace nurt_soak
