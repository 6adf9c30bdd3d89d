// SPDX-License-Identifier: MIT
// tests/soak/actor.cpp: how actors are cut short, and what may come of it.
#include "tests/soak/actor.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"

namespace nurt_soak {

namespace {

// Says so when a task does not end in 40 s, and cancels it. On a machine that is busy with something
// else that is no time at all: what counts as well is how long this process was at work.
class patience {
public:
    patience(world& w, nurt::task<> going, std::string_view kind)
        : w_(w), going_(std::move(going)), kind_(kind) {
        wait();
    }
    patience(const patience&) = delete;
    patience& operator=(const patience&) = delete;
    ~patience() { timer_.cancel(); }

private:
    void wait() {
        timer_ = nurt::event_loop::running().call_later(nurt::seconds(40), [this] { look(); });
    }
    void look() {
        if (std::clock() - begin_ < 8 * CLOCKS_PER_SEC) {
            wait();
            return;
        }
        w_.wrong(std::string(kind_) + ": has not ended in 40 s");
        going_.cancel();
    }

    world& w_;
    nurt::task<> going_;
    std::string_view kind_;
    std::clock_t begin_ = std::clock();
    nurt::handle timer_;
};

coro<> to_the_end(world& w, nurt::task<> going, std::string_view kind) {
    const patience limit(w, going, kind);
    co_await going;
}

coro<> cancelled_from_outside(world& w, coro<> work, nurt::duration after, std::string_view kind) {
    auto going = nurt::create_task(std::move(work), "cut short");
    co_await nurt::sleep(after);
    going.cancel();
    co_await to_the_end(w, going, kind);
}

// False: it was cut short.
coro<bool> bounded(world& w, coro<> work, nurt::duration limit, std::size_t way,
                   std::string_view kind) {
    auto body = [&work]() -> coro<> { co_await std::move(work); };
    bool ended = true;
    if (way == 0) {
        try {
            co_await nurt::wait_for(std::move(work), limit);
        } catch (const nurt::timeout_error&) {
            ended = false;
        }
    } else if (way == 1) {
        ended = co_await nurt::move_on_after(limit, body);
    } else if (way == 2) {
        co_await cancelled_from_outside(w, std::move(work), limit, kind);
    } else {
        co_await to_the_end(w, nurt::create_task(std::move(work), "to the end"), kind);
    }
    co_return ended;
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
    auto going = nurt::create_task(
        bounded(w, std::move(work), d.moment(h.patience_ms), d.below(6), h.kind), h.kind);
    std::string ending;
    std::exception_ptr error;
    const std::uint64_t poverties = w.poverties;
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
        ending = ending_of(error, h, poverties % 2 == 1 || poverties != w.poverties);
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
